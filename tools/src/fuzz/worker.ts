// One reader, asked block by block by its parent: node worker.js READER
import { READERS } from './readers.js';
import { type Block, runBlock, seedsOf } from './run-block.js';

const reader = READERS[process.argv[2]];
const seeds = await seedsOf(reader);

process.on('message', async (block: Block) => {
  process.send!(await runBlock(reader, seeds, block));
});
process.send!('ready');
