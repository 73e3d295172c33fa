import { program } from "./program.js";

/** Is given what is to be done when the program ends, which then has its exit code. */
export type AtExit = (run: (code: number) => void) => void;

/** In each thread for itself: a worker's end is one, too. */
export const atExit: AtExit = (run) => {
  program.once("exit", ((code: unknown) => run(exitCode(code))) as never);
};

/** What an "exit" was told: Node.js 18 and 20 pass on the text of `process.exit("3")`. */
export function exitCode(told: unknown): number {
  return Number(told) | 0;
}
