import { attackTable } from './lib/attacked';

export default attackTable({
  id: 'plcc',
  title: 'PLCC under attack',
  paper: 'Table S9',
  caption:
    'The PLCC \u2191 of predicted scores under attack, baseline and +NT: MOS against the score after' +
    ' the attack, and the score before against the score after.',
  metrics: ['plcc'],
});
