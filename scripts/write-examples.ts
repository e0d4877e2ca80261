import { readdir, readFile, writeFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { runInNewContext } from 'node:vm'
import * as prettier from 'prettier'
import ts from 'typescript'
import { demoAnswers, EXAMPLE_REQUESTS } from '../test/support/demo-answers.ts'

// Writes the examples of the routes again, as the demo answers now: in each file of examples, what is the old example
// of a route becomes its new one. `npm run spec` has to be current before, and is due after it.
const root = new URL('../', import.meta.url)

interface Change {
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

const changes = await changedExamples()
const placed = new Set<string>()
for (const file of await exampleFiles()) await rewrite(file)
for (const { path } of changes)
  if (!placed.has(path)) console.error(`${path}: no file of examples has its old example`)
process.exit(changes.every(({ path }) => placed.has(path)) ? 0 : 1)

/** The examples that are not what the demo answers. */
async function changedExamples(): Promise<readonly Change[]> {
  const { paths } = JSON.parse(await readFile(new URL('spec/openapi.json', root), 'utf8')) as {
    readonly paths: Readonly<Record<string, any>>
  }
  const demo = await demoAnswers()
  const found: Change[] = []
  for (const [path, url] of Object.entries(EXAMPLE_REQUESTS)) {
    const { status, body } = await demo.get(url)
    if (status !== 200) throw new Error(`${url} answers ${status}`)
    const { content } = paths[`/api/v1${path}`].get.responses['200']
    const before: unknown = content['application/json'].example.data
    if (!isDeepStrictEqual(before, body.data)) found.push({ path, before, after: body.data })
  }
  await demo.close()
  return found
}

async function exampleFiles(): Promise<readonly string[]> {
  const files = await readdir(new URL('src/domains', root), { recursive: true })
  return files.filter((file) => /example[^/]*\.ts$/.test(file)).map((file) => `src/domains/${file}`)
}

async function rewrite(path: string): Promise<void> {
  const file = new URL(path, root)
  const text = await readFile(file, 'utf8')
  const edits = editsOf(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true))
  if (edits.length === 0) return
  const written = edits.reduceRight(
    (known, { from, until, value }) => known.slice(0, from) + value + known.slice(until),
    text,
  )
  const options = await prettier.resolveConfig(file)
  await writeFile(file, await prettier.format(written, { ...options, filepath: path }))
  console.log(`wrote ${path}`)
}

interface Edit {
  readonly from: number
  readonly until: number
  readonly value: string
}

/** The literals of a file that are an old example, in their order. */
function editsOf(node: ts.Node): readonly Edit[] {
  const isLiteral = ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node)
  const change = isLiteral ? changeFor(node.getText()) : undefined
  if (change === undefined) {
    const inner: Edit[] = []
    node.forEachChild((child) => void inner.push(...editsOf(child)))
    return inner
  }
  placed.add(change.path)
  return [{ from: node.getStart(), until: node.end, value: JSON.stringify(change.after) }]
}

function changeFor(text: string): Change | undefined {
  const value = plain(text)
  return changes.find(({ before }) => isDeepStrictEqual(before, value))
}

/** The value of a literal; undefined for one that names what is elsewhere. */
function plain(text: string): unknown {
  try {
    return JSON.parse(JSON.stringify(runInNewContext(`(${text})`)))
  } catch {
    return undefined
  }
}
