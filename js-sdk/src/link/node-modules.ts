// The modules of Node.js and Bun that are needed here, as far as they are needed. They are loaded
// when a transport starts: an import of the SDK loads none, and no bundle for browsers has them.

/** `node:fs` */
export interface FileSystem {
  existsSync(path: string): boolean;
  readFileSync(path: string, encoding: "utf8"): string;
  readdirSync(path: string): string[];
  openSync(path: string, flags: "r"): number;
  fstatSync(file: number): { readonly size: number };
  readSync(file: number, into: Uint8Array, offset: number, length: number, at: number): number;
  closeSync(file: number): void;
  realpathSync(path: string): string;
  renameSync(from: string, to: string): void;
  rmSync(path: string, options: { force: boolean }): void;
}

/** `node:path` */
export interface Paths {
  readonly delimiter: string;
  join(...parts: string[]): string;
  resolve(...parts: string[]): string;
  dirname(path: string): string;
}

/** `node:module` */
export interface Modules {
  createRequire(from: string): {
    (name: string): unknown;
    resolve(name: string): string;
  };
}

/** `node:os` */
export interface Systems {
  tmpdir(): string;
}

/** `node:url` */
export interface Urls {
  fileURLToPath(url: string): string;
}

/** A child's standard stream. */
export interface ChildStream {
  readonly writableLength: number;
  write(bytes: Uint8Array, taken: () => void): boolean;
  end(): void;
  pause(): void;
  resume(): void;
  on(event: string, callback: (value: never) => void): unknown;
  ref?(): void;
  unref?(): void;
}

/** A child process. */
export interface Child {
  readonly pid: number | undefined;
  readonly stdin: ChildStream;
  readonly stdout: ChildStream;
  on(event: "error", callback: (error: Error) => void): unknown;
  on(event: "close", callback: (code: number | null, signal: string | null) => void): unknown;
  kill(signal: string): boolean;
  ref(): void;
  unref(): void;
}

/** `node:child_process` */
export interface Processes {
  spawn(command: string, args: readonly string[], options: object): Child;
}

/** What a look at the machine needs. */
export interface Machine {
  readonly files: FileSystem;
  readonly paths: Paths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  /** The processor, as Node.js calls it. */
  readonly arch: string;
  /** The file of a module that an installed package exports; undefined: it is not installed. */
  installed(name: string): string | undefined;
  /** Loads such a module, or the one in a file. */
  load(name: string): unknown;
  /** Of Linux: `gnu` or `musl`. */
  libc(): string;
  /** Where this SDK is. */
  readonly here: string;
  /** The folder for files that nobody keeps. */
  readonly temporary: string;
}

/** The machine that the program runs on. */
export async function machineOf(
  env: Machine["env"],
  platform: string,
  arch: string,
  url: string,
): Promise<Machine> {
  const files = (await import("node:fs" as string)) as FileSystem;
  const paths = (await import("node:path" as string)) as Paths;
  const modules = (await import("node:module" as string)) as Modules;
  const systems = (await import("node:os" as string)) as Systems;
  const urls = (await import("node:url" as string)) as Urls;
  const here = urls.fileURLToPath(url);
  const require = modules.createRequire(here);
  return {
    files,
    paths,
    env,
    platform,
    arch,
    here,
    temporary: systems.tmpdir(),
    load: (name) => require(name),
    libc: () => libcIn(files),
    installed: (name) => {
      try {
        return require.resolve(name);
      } catch {
        return undefined;
      }
    },
  };
}

/** The C library that this program runs on; the machine may have another one, too. */
function libcIn(files: FileSystem): "gnu" | "musl" {
  try {
    return files.readFileSync("/proc/self/maps", "utf8").includes("/ld-musl-") ? "musl" : "gnu";
  } catch {
    return files.existsSync("/etc/alpine-release") ? "musl" : "gnu";
  }
}

export async function processes(): Promise<Processes> {
  return (await import("node:child_process" as string)) as Processes;
}
