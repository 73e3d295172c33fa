package dev.runar.internal.script;

import org.graalvm.polyglot.Value;

/**
 * What {@code bootstrap.js} gave back: the functions by which the host reaches a script. Owner
 * thread only.
 */
final class ScriptFunctions {
  /** The object that the module {@code runar:host} exports. */
  final Value host;

  /** Handler to function {@code (call, ...args)}. */
  final Value action;

  /** Handler to function {@code (delivery, kind, data)}. */
  final Value event;

  /** Handlers of a raw socket to one function. */
  final Value socket;

  /** Handlers of a raw socket to {@code (requestJson, take, reject)}; see {@link #save}. */
  final Value accept;

  /** {@code (callback, life, resolve, reject)}. */
  final Value call;

  /** {@code (callback, life, take, reject)}: {@code take} gets nothing, or a value that crosses. */
  final Value save;

  /** {@code (callback, kind, data, resolve, reject)}. */
  final Value restore;

  /** {@code (resolve, reject)}: what the SDK has begun while the script was loaded. */
  final Value finishLoading;

  /** {@code (kind, data)} to a value of the script. */
  final Value decode;

  /** An error to JSON text. */
  final Value describe;

  /** {@code (callback, args)}: for {@code process.nextTick}. */
  final Value nextTick;

  /** Runs what {@link #nextTick} was given, if it still waits. */
  final Value runTicks;

  /** What {@code process.exit} throws. */
  final Value exit;

  /** Makes the function of the self-test. */
  final Value selfTest;

  ScriptFunctions(Value made) {
    host = made.getMember("host");
    action = made.getMember("action");
    event = made.getMember("event");
    socket = made.getMember("socket");
    accept = made.getMember("accept");
    call = made.getMember("call");
    save = made.getMember("save");
    restore = made.getMember("restore");
    finishLoading = made.getMember("finishLoading");
    decode = made.getMember("decode");
    describe = made.getMember("describe");
    nextTick = made.getMember("nextTick");
    runTicks = made.getMember("runTicks");
    exit = made.getMember("EXIT");
    selfTest = made.getMember("selfTest");
  }
}
