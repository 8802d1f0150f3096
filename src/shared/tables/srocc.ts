import { attackTable } from './lib/attacked';

export default attackTable({
  id: 'srocc',
  title: 'SROCC under attack',
  paper: 'Table 3',
  caption:
    'The SROCC \u2191 of predicted scores under attack, baseline and +NT: MOS against the score after' +
    ' the attack, and the score before against the score after.',
  metrics: ['srocc'],
});
