import { readFile } from 'node:fs/promises'

/** Linux counts the time of processes in hundredths of a second (`sysconf(_SC_CLK_TCK)`). */
const TICKS_PER_SECOND = 100
/** The places of `utime` and `stime` behind the name of the process (proc_pid_stat(5)). */
const USER = 11
const SYSTEM = 12

/** Seconds of CPU, user and system, that a process has used so far; NaN where the system does not tell. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name stands in parentheses and may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[USER]) + Number(fields[SYSTEM])) / TICKS_PER_SECOND
  } catch {
    return Number.NaN
  }
}
