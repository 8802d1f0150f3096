import { attackTable } from './lib/attacked';

export default attackTable({
  id: 'krocc',
  title: 'KROCC under attack',
  paper: 'Table S8',
  caption:
    'The KROCC \u2191 of predicted scores under attack, baseline and +NT: MOS against the score after' +
    ' the attack, and the score before against the score after.',
  metrics: ['krocc'],
});
