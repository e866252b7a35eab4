// One PouchDB client: `node client.js URL FOLDER push|pull DOCS` replicates and prints {"docs", "seconds", "cpu_s"} as JSON.
// `push` first puts the documents of the file DOCS into a database of its own, untimed; `pull` begins with an empty one.
const fs = require('fs')
const path = require('path')
const PouchDB = require('pouchdb')

async function main (url, folder, way, file) {
  const local = new PouchDB(path.join(folder, way))
  await local.info()
  if (way === 'push') {
    const docs = JSON.parse(fs.readFileSync(file))
    for (let n = 0; n < docs.length; n += 500) await local.bulkDocs(docs.slice(n, n + 500))
  }
  const cpu = process.cpuUsage()
  const began = process.hrtime.bigint()
  const options = { batch_size: 500 } // its best of 100, 500 and 1000
  const done = way === 'push' ? await local.replicate.to(url, options) : await local.replicate.from(url, options)
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  const used = process.cpuUsage(cpu)
  console.log(JSON.stringify({ docs: done.docs_written, seconds, cpu_s: (used.user + used.system) / 1e6 }))
}

main(...process.argv.slice(2))
