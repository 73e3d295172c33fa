/* runar_native: a Java machine inside the process of Node.js or Bun.
**
** This header is the manual of the addon: what its two sides may call, what each answer means, who
** owns what, and which thread may do what. T1 to T24 number the traps of such a bridge; each rule
** says which one it answers.
**
** ------------------------------------------------------------------------------------------------
** 1. The shape
** ------------------------------------------------------------------------------------------------
** The thread of a JavaScript environment (here: a loop) never enters the Java machine, and Java
** threads never enter JavaScript. Between them lie two bounded queues of frames, one each way,
** which together are a link. A frame is a row of bytes that this addon does not look into.
**
**     loop    send ---> [ to_java ] ---> take    the pump, one thread
**     loop   drain <--- [ to_js   ] <--- post    any Java thread
**
** Frames of a link arrive each once, whole and in the order in which they were taken in; the two
** ways are not ordered to each other. Post and send copy, drain and take copy: nobody holds memory
** of the other side, also not where a runtime would allow it (T18: Electron does not).
**
** The loop is woken by a doorbell, a function without arguments that tells nothing but "come and
** drain". It may ring for nothing; at most two rings are ever on their way (T2: a bounded queue in
** the runtime would lose wake-ups for good). Bun before 1.4 can lose a ring (T3): there the owner
** of a link also drains by a timer, which makes this addon ring again.
**
** ------------------------------------------------------------------------------------------------
** 2. Handles
** ------------------------------------------------------------------------------------------------
** A link is named by a handle: generation << 16 | slot, never 0, exact as a number of JavaScript.
** A closed link's handle is stale for ever, also when its slot serves another link: every call with
** it answers RUNAR_CLOSED (T12). A number that never was a handle is the same as a stale one.
**
** ------------------------------------------------------------------------------------------------
** 3. Bounds
** ------------------------------------------------------------------------------------------------
** A queue is bounded by bytes. A frame costs its size plus RUNAR_FRAME_COST. Frames are ordinary or
** reserved. Ordinary ones find `maxBytes` of room, reserved ones `reservedBytes` of their own: so a
** result, an error, a cancellation or the count of lost log lines is not refused because of a flood
** of events. A reserved frame that finds even its room full is refused like any other, and counted
** apart. Who is refused with RUNAR_FULL is told once when the queue has become empty: Java by
** RUNAR_TAKE_ROOM, the loop by a ring. Nobody needs to poll.
**
** ------------------------------------------------------------------------------------------------
** 4. JavaScript's side: what the addon exports
** ------------------------------------------------------------------------------------------------
** Every function is called on the loop that has loaded the addon. A wrong argument throws a
** TypeError with the code ERR_INVALID_ARG_TYPE or a RangeError with ERR_OUT_OF_RANGE; a handle of
** another loop throws ERR_WRONG_THREAD. "undefined" is a real undefined, never a missing value
** (T5). No call waits for Java but `shutdown`, and none asks Java for an answer (T24).
**
** abiVersion: number
**     RUNAR_ABI_VERSION. Compare it before anything else.
**
** boot(libjvm: string, options: string[], mainClass: string): Promise<undefined>
**     Makes the Java machine of this process, on a thread of its own that then is the pump (T6: a
**     loop that entered Java would lose its stack to Java's guard pages). `libjvm` is the path of
**     the library, `options` are those of the command java that are not only its launcher's (so
**     -Djava.class.path=… for -cp), `mainClass` is like dev.runar.cli.HostMain and has
**     `static void run()`, which is called once on the pump. An option that makes java print
**     something and end, such as -Xlog:help, ends this process. Added by itself: -Xrs (T7: the
**     machine would take SIGINT, SIGTERM and SIGHUP away from JavaScript).
**     Resolves when the natives are registered, just before `run`. Keeps the loop alive while it is
**     pending. There is one machine in a process and it cannot be made again (T20): a second boot
**     with the same arguments, also from another loop, resolves with the first; with others it
**     rejects. Rejects with an Error whose code is
**       ERR_JVM_LOAD     no such library, half of one, one without its classes, or one of another
**                        kind of processor or libc; boot again with another one is possible
**       ERR_JVM_CREATE   the machine did not start; the message has what it said
**       ERR_JVM_MAIN     the main class or dev.runar.internal.host.HostLink is missing, broken or
**                        too new
**       ERR_JVM_OPTIONS  another boot came first, with other arguments
**       ERR_JVM_TAKEN    another addon, or another copy of this one, has a machine in this process
**                        or has loaded the library of one
**       ERR_JVM_DEAD     the machine has come to its end
**       ERR_LIMIT        RUNAR_MAX_BOOTS boots are pending
**
** open(doorbell: () => void, limits?: {maxBytes?: number, reservedBytes?: number}): number
**     A new link of this loop, before or after boot. Both limits hold for each way; maxBytes is
**     RUNAR_DEFAULT_BYTES when it is absent, reservedBytes the same as maxBytes. Does not keep the
**     loop alive (T14). Throws ERR_LIMIT for more than RUNAR_MAX_LINKS, ERR_JVM_DEAD.
**     The doorbell gets no arguments: there is no error-first call here (T1). What it throws is an
**     uncaught exception of the loop, and it rings again for the next frame (T4).
**
** send(handle: number, bytes: Uint8Array, length: number, reserved?: boolean): number
**     Copies the first `length` bytes as one frame. RUNAR_OK: Java will take it, unless Java ends
**     before. RUNAR_FULL: nothing happened; the doorbell rings when there is room. RUNAR_CLOSED:
**     nothing happened and nothing will. RUNAR_TOO_LARGE: this link can never carry such a frame.
**     RUNAR_NO_MEMORY: nothing happened.
**
** drain(handle: number, maxBytes?: number): Uint8Array | number | undefined
**     The next frames end to end, in memory of their own: as many whole ones as fit into maxBytes
**     (RUNAR_DRAIN_BYTES when absent), and at least one. undefined: none is waiting, or the handle
**     is stale. A number: every frame was drained and Java has ended with this exit code; call
**     process.exit with it. Throws ERR_JVM_DEAD when every frame was drained and the pump has died:
**     nothing more will come, so whoever waits for Java is to be told (T21).
**     Drain until it gives no frames, in turns of a few milliseconds each (T16). The doorbell rings
**     once for what comes after a drain, so a loop that was rung and never drains is not rung
**     again. On Bun drain by setImmediate, not inside the doorbell (T15).
**
** ref(handle: number): undefined, unref(handle: number): undefined
**     Whether the link keeps the loop alive: while a node is started or an answer is awaited (T14).
**
** close(handle: number): number
**     Ends a link. Frames that were sent before still reach Java; how many from Java are dropped is
**     returned. The doorbell is not called again. Also done when the loop ends, by process.exit, by
**     the end of a worker or by its termination.
**
** stats(handle: number): {toJs: Way, toJava: Way, rings: number} | undefined
**     Way is {accepted, delivered, refused, reservedRefused, discarded: frames; waitingBytes}.
**
** shutdown(code: number, ms?: number): number   (code: from -2^31 to 2^32 - 1)
**     Ends the Java machine so that the process can end: to be called on the main thread from
**     process.on("exit"), since Bun runs no handlers of libc, and by nobody else. The pump calls
**     System.exit(code), Java's shutdown hooks run, and the machine is frozen (T9: libc's exit
**     beside running collector threads ends in "pure virtual method called"). Waits for that at
**     most `ms` (RUNAR_STOP_MS when absent) and then ends the process itself with `code` and a line
**     on standard error: a hook that hangs does not keep the process. Returns how many frames wait
**     in open links, both ways, when nobody takes any more. Without a machine it does nothing. It
**     also runs by itself from libc's exit, if it has not yet.
**
** ------------------------------------------------------------------------------------------------
** 5. Java's side: the natives of dev.runar.internal.host.HostLink
** ------------------------------------------------------------------------------------------------
** Frames cross as bytes, text is encoded in Java and decoded in JavaScript (T17: JNI's own strings
** are not UTF-8). Bytes are copied out of Java's heap before any lock is taken (T11: a thread that
** stopped for the collector inside a lock would stop the loop as well).
**
** static int post0(long handle, byte[] bytes, int offset, int length, boolean reserved)
**     Any thread; never waits. Answers as `send` does. RUNAR_OK: the loop will find it, unless it
**     closes the link before, or the process ends.
** static byte[] take0()
**     The pump alone; waits. An array of RUNAR_TAKE_HEADER bytes and a batch of whole frames of one
**     link, at most RUNAR_TAKE_BYTES unless the first frame alone is larger. The header is, little
**     endian: the handle (8 bytes), then
**       RUNAR_TAKE_FRAMES  frames follow
**       RUNAR_TAKE_CLOSED  the loop has closed this link, or has died; told once, after its frames
**       RUNAR_TAKE_ROOM    a post was refused, and now there is room
**     null: the process ends; return from run(), which makes this thread call System.exit. A link
**     is made known by its first frame.
** static void closed0(long handle)
**     Any thread. Java wants no more of this link: it posts no more, `send` answers RUNAR_CLOSED,
**     and what was sent and not taken is dropped and counted. What was posted is still drained.
** static void died0(byte[] text)
**     The pump alone, before it returns from run() for another reason than the end: why (T21).
**     UTF-8.
**
** run() must not return before take0() has answered null. If it does, or throws, every `drain` says
** so; the machine then waits for the end of the process.
**
** System.exit in Java, from any thread: hooks run, the machine is frozen, each open link is rung
** and its `drain` gives the code (T10: libc's exit is never run by a Java thread). If no shutdown()
** has come after RUNAR_EXIT_MS the process ends with that code. The machine itself gives threads
** that are outside of Java, the pump among them, 300 ms before it freezes; shutdown() needs them not.
**
** ------------------------------------------------------------------------------------------------
** 6. Environment
** ------------------------------------------------------------------------------------------------
** Node-API 8, each function of it resolved by name in the host program when the addon is loaded; if
** one is missing, loading throws ERR_NODE_API with its name. The addon stays loaded until the
** process ends, also if the worker that loaded it ends. Signals: nothing is installed here, and
** -Xrs leaves the asynchronous ones alone; Java's own SIGSEGV handler chains to the one before
** (T8). What the machine itself prints goes to standard error, but for its log files.
** JAVA_TOOL_OPTIONS is read by the
** machine itself (T23). Java code must not write to the file descriptors 1 and 2: they may be
** non-blocking, and what does not fit is lost (T13).
*/
#ifndef RUNAR_NATIVE_H
#define RUNAR_NATIVE_H

#include <stddef.h>
#include <stdint.h>

/* Raised with every change of this page that a caller could notice. */
#define RUNAR_ABI_VERSION 1

#define RUNAR_MAX_LINKS 256
#define RUNAR_MAX_BOOTS 256
#define RUNAR_MAX_OPTIONS 1024
/* The largest limit of a queue: a frame's size has 31 bits. */
#define RUNAR_MAX_BYTES ((size_t)1 << 30)
#define RUNAR_DEFAULT_BYTES ((size_t)8 << 20)
#define RUNAR_DRAIN_BYTES ((size_t)256 << 10)
#define RUNAR_TAKE_BYTES ((size_t)256 << 10)
#define RUNAR_TAKE_HEADER 9
/* What a frame costs beside its bytes, so that empty frames are bounded too. */
#define RUNAR_FRAME_COST 4
#define RUNAR_MESSAGE_BYTES 4096
#define RUNAR_STOP_MS 3000
#define RUNAR_EXIT_MS 5000
#define RUNAR_PUMP_STACK ((size_t)8 << 20)

/* The numbers are the ones that both sides see. */
typedef enum {
  RUNAR_OK = 0,
  RUNAR_FULL = 1,
  RUNAR_CLOSED = 2,
  RUNAR_TOO_LARGE = 3,
  RUNAR_NO_MEMORY = 4,
  RUNAR_WRONG_THREAD = 5 /* in C only: a loop throws it */
} runar_status;

typedef enum { RUNAR_ORDINARY = 0, RUNAR_RESERVED = 1 } runar_class;

/* What take0() tells of, in its header. */
typedef enum { RUNAR_TAKE_FRAMES = 0, RUNAR_TAKE_CLOSED = 1, RUNAR_TAKE_ROOM = 2 } runar_take;

typedef uint64_t runar_handle;

#endif
