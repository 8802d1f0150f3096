import { attackTable } from './lib/attacked';

export default attackTable({
  id: 'rmse',
  title: 'RMSE under attack',
  paper: 'Table 2',
  caption:
    'The RMSE \u2193 of predicted scores under attack, baseline and +NT: MOS against the score after' +
    ' the attack, and the score before against the score after.',
  metrics: ['rmse'],
});
