// One engine of Node filling one template again and again: the same work and output as peers.py.
// node peers.js ENGINE TEMPLATE RECORDS COUNT FOLDER…
'use strict';
const fs = require('fs');
const path = require('path');

const engines = {
  docxtemplater(template) {
    const PizZip = require('pizzip');
    const Docxtemplater = require('docxtemplater');
    return async (record) => {
      const document = new Docxtemplater(new PizZip(template), { paragraphLoop: true, linebreaks: true });
      document.render(record);
      return document.toBuffer();
    };
  },
  'easy-template-x'(template) {
    const { TemplateHandler } = require('easy-template-x');
    const handler = new TemplateHandler();
    return (record) => handler.process(template, record);
  },
  'docx-templates'(template) {
    const { createReport } = require('docx-templates');
    const options = { template, cmdDelimiter: ['{', '}'], noSandbox: true };
    return async (data) => Buffer.from(await createReport({ ...options, data }));
  },
  carbone(template, file) {
    const carbone = require('carbone');
    carbone.set({ templatePath: '/', tempPath: require('os').tmpdir() });
    return (record) => new Promise((resolve, reject) => {
      carbone.render(path.resolve(file), record, (error, result) => (error ? reject(error) : resolve(result)));
    });
  },
};

async function main(name, file, data, count, folders) {
  const records = JSON.parse(fs.readFileSync(data, 'utf8'));
  const fill = engines[name](fs.readFileSync(file), file);
  fs.mkdirSync(folders[0], { recursive: true });
  fs.writeFileSync(path.join(folders[0], 'first.docx'), await fill(records[0]));
  const told = { first_ms: process.uptime() * 1000, cpu_s: {} };
  for (const record of records.slice(1, 4)) await fill(record);
  for (const folder of folders) {
    fs.mkdirSync(folder, { recursive: true });
    const start = process.cpuUsage();
    for (let n = 0; n < count; n++) {
      fs.writeFileSync(path.join(folder, `${n}.docx`), await fill(records[n % records.length]));
    }
    const spent = process.cpuUsage(start);
    told.cpu_s[folder] = (spent.user + spent.system) / 1e6 / count;
  }
  told.rss_mb = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify(told));
  process.exit(0);
}

const [name, template, records, count, ...folders] = process.argv.slice(2);
main(name, template, records, Number(count), folders).catch((error) => {
  console.error(error);
  process.exit(1);
});
