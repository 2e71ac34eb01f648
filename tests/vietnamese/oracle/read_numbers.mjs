// Reads numbers aloud with npm's read-vietnamese-number, one a line from standard input, in the
// northern words. Settings and package folder come from the command line: node read_numbers.mjs FOLDER
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { once } from 'node:events'

const folder = process.argv[2]
const { ReadingConfig, doReadNumber } = await import(pathToFileURL(`${folder}/dist/esm/index.js`))

const config = new ReadingConfig()
config.unit = []
config.oddText = 'linh'
config.pointText = 'phẩy'
config.units = [[], ['nghìn'], ['triệu'], ['tỷ']]

let block = []
for await (const line of createInterface({ input: process.stdin })) {
  block.push(doReadNumber(line, config))
  if (block.length === 20000) {
    if (!process.stdout.write(block.join('\n') + '\n')) await once(process.stdout, 'drain')
    block = []
  }
}
if (block.length) process.stdout.write(block.join('\n') + '\n')
