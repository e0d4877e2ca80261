import type { Command } from 'commander'

/** The shells that completion is written for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const

/** What can follow the words of a command. */
export interface Words {
  /** The words after `kcloud`, such as `simulate history`; empty for none. */
  readonly path: string
  readonly next: readonly string[]
}

/** Every command with the words that can follow it, from the commands themselves. */
export function wordsOf(command: Command, path = ''): readonly Words[] {
  const commands = command.commands.map((sub) => sub.name())
  const options = command.options.flatMap(({ long, short }) =>
    [long, short].filter((flag) => typeof flag === 'string'),
  )
  return [
    { path, next: [...commands, ...options, '--help'] },
    ...command.commands.flatMap((sub) => wordsOf(sub, `${path} ${sub.name()}`.trim())),
  ]
}

/** A script that completes the commands in a shell, to be read by it at its start. */
export function completionScript(program: Command, shell: (typeof SHELLS)[number]): string {
  const words = wordsOf(program)
  if (shell === 'fish') return fishScript(words)
  const bash = bashScript(words)
  return shell === 'bash' ? bash : `autoload -U +X bashcompinit && bashcompinit\n${bash}`
}

function bashScript(words: readonly Words[]): string {
  const cases = words.map(({ path, next }) => `    '${path}') words='${next.join(' ')}' ;;`)
  return [
    '_kcloud() {',
    "  local path='' word words='' i",
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    '    word=${COMP_WORDS[i]}',
    '    case $word in -*) break ;; esac',
    '    path=${path:+$path }$word',
    '  done',
    '  case $path in',
    ...cases,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '}',
    'complete -o default -F _kcloud kcloud',
    '',
  ].join('\n')
}

function fishScript(words: readonly Words[]): string {
  const lines = words.flatMap(({ path, next }) => {
    const commands = next.filter((word) => !word.startsWith('-'))
    const flags = next.filter((word) => word.startsWith('--')).map((flag) => flag.slice(2))
    const seen = path === '' ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${path}`
    return [
      ...(commands.length === 0
        ? []
        : [`complete -c kcloud -n '${seen}' -f -a '${commands.join(' ')}'`]),
      ...flags.map((flag) => `complete -c kcloud -n '${seen}' -l ${flag}`),
    ]
  })
  return `${lines.join('\n')}\n`
}
