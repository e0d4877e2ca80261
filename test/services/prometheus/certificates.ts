import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Certificate {
  readonly certFile: string
  readonly keyFile: string
  readonly cert: Buffer
  readonly key: Buffer
}

/** A private authority and what it signed, made anew for each run. */
export interface Certificates {
  readonly caFile: string
  readonly ca: Buffer
  /** For 127.0.0.1 and localhost. */
  readonly good: Certificate
  readonly otherName: Certificate
  readonly expired: Certificate
  /** Signed by nobody else. */
  readonly selfSigned: Certificate
  readonly client: Certificate
  remove(): void
}

const PROGRAM = 'openssl'
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
const HERE = 'IP:127.0.0.1,DNS:localhost'

/** Makes certificates with the `openssl` program, in a directory of their own. */
export function makeCertificates(): Certificates {
  const dir = mkdtempSync(join(tmpdir(), 'certificates-'))
  const openssl = (...args: string[]): void =>
    void execFileSync(PROGRAM, args, { cwd: dir, stdio: 'pipe' })
  const selfSign = (name: string, subject: string): void =>
    openssl('req', '-x509', ...EC, '-days', '2', '-subj', `/CN=${subject}`, '-addext',
      `subjectAltName=${HERE}`, '-keyout', `${name}.key`, '-out', `${name}.pem`) // prettier-ignore
  const issue = (name: string, names: string, days: number): Certificate => {
    openssl('req', '-new', ...EC, '-subj', `/CN=${name}`, '-addext', `subjectAltName=${names}`,
      '-keyout', `${name}.key`, '-out', `${name}.csr`) // prettier-ignore
    openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key',
      '-CAcreateserial', '-copy_extensions', 'copy', '-days', String(days), '-out', `${name}.pem`) // prettier-ignore
    return read(dir, name)
  }
  selfSign('ca', 'test-ca')
  selfSign('alone', 'alone')
  return {
    caFile: join(dir, 'ca.pem'),
    ca: readFileSync(join(dir, 'ca.pem')),
    good: issue('good', HERE, 2),
    otherName: issue('other', 'DNS:elsewhere.example', 2),
    expired: issue('expired', HERE, -1),
    selfSigned: read(dir, 'alone'),
    client: issue('client', 'DNS:client', 2),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}

function read(dir: string, name: string): Certificate {
  const certFile = join(dir, `${name}.pem`)
  const keyFile = join(dir, `${name}.key`)
  return { certFile, keyFile, cert: readFileSync(certFile), key: readFileSync(keyFile) }
}
