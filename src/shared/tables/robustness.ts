import { attackTable } from './lib/attacked';

/** All measures in one table; the paper spreads them over five. */
export default attackTable({
  id: 'robustness',
  title: 'Robustness against attacks',
  paper: 'Tables 2, 3 and S8\u2013S10',
  caption:
    'Accuracy and stability of predicted scores under attack, baseline and +NT: MOS against the' +
    ' score after the attack, and the score before against the score after.',
  metrics: ['rmse', 'srocc', 'plcc', 'krocc', 'r'],
});
