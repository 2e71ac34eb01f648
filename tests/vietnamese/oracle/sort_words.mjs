// Sorts a JSON list of strings from standard input with ICU's collation for Vietnamese.
const chunks = []
for await (const chunk of process.stdin) chunks.push(chunk)
const words = JSON.parse(Buffer.concat(chunks).toString('utf8'))
process.stdout.write(JSON.stringify(words.sort(new Intl.Collator('vi').compare)))
