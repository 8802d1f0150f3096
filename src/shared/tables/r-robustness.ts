import { attackTable } from './lib/attacked';

export default attackTable({
  id: 'r-robustness',
  title: 'R robustness',
  paper: 'Table S10',
  caption:
    'The R \u2191 robustness (Zhang et al., 2022) of predicted scores against attacks, baseline and +NT.',
  metrics: ['r'],
});
