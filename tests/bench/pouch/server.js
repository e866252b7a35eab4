// PouchDB's server over leveldb, as the sync bench's peer: `node server.js FOLDER` prints its port.
// Documents come out of the same library that the client uses; only the routes that replication needs are served.
const path = require('path')
const express = require('express')
const PouchDB = require('pouchdb')

const Served = PouchDB.defaults({ prefix: path.join(process.argv[2], path.sep) })
const app = express()
app.use('/', require('express-pouchdb')(Served, { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: path.join(process.argv[2], 'log.txt') }))
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port))
