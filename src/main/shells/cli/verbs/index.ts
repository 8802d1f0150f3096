import type { Verb } from '../verb';
import attack from './attack';
import attacks from './attacks';
import bundle from './bundle';
import defences from './defences';
import demo from './demo';
import engine from './engine';
import evaluate from './evaluate';
import fit from './fit';
import exportVerb from './export';
import exportWeights from './export-weights';
import figures from './figures';
import importVerb from './import';
import lists from './lists';
import models from './models';
import norms from './norms';
import reproduce from './reproduce';
import resume from './resume';
import run from './run';
import serve from './serve';
import split from './split';
import sweep from './sweep';
import tables from './tables';
import train from './train';
import weights from './weights';

/** Every verb in the order of the method, under the heading the help shows it. */
export const verbs: readonly { readonly heading: string; readonly verbs: readonly Verb[] }[] = [
  { heading: 'Everything at once:', verbs: [demo, run, reproduce, serve] },
  {
    heading: 'Step by step:',
    verbs: [
      importVerb,
      split,
      train,
      evaluate,
      fit,
      attack,
      norms,
      sweep,
      figures,
      tables,
      exportVerb,
      bundle,
      exportWeights,
      resume,
    ],
  },
  { heading: 'What there is:', verbs: [lists, models, weights, attacks, defences, engine] },
];
