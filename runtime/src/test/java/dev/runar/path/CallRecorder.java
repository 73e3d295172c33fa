package dev.runar.path;

import java.util.List;

/** A script whose sockets record each call, and what it has recorded of a client. */
final class CallRecorder {
  /** Records every call with the number and the types of its arguments. */
  static final String SCRIPT =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      const calls: Record<string, string[]> = {};
      let inside = 0;
      function record(what: string, args: IArguments, shown: string) {
        if (inside++ !== 0) throw new Error("two calls at a time");
        const types = Array.from(args, (a) => a === null ? "null" : typeof a).join();
        (calls[args[0].query.client] ??= []).push(`${what}(${types}) ${shown}`);
        inside--;
      }
      node.addService({
        name: "live", path: "live",
        actions: { calls: () => calls },
        sockets: {
          "/live": {
            open(session) { record("open", arguments, session.path); },
            message(session, data) {
              record("message", arguments, JSON.stringify(JSON.parse(data as string)));
            },
            close(session, code, reason) { record("close", arguments, `${code} ${reason}`); },
          },
        },
      });
      """;

  private CallRecorder() {}

  @SuppressWarnings("unchecked")
  static List<String> calls(ScriptNode app, String client) {
    return (List<String>) ScriptNode.map(app.call("live/calls")).getOrDefault(client, List.of());
  }

  static int size(ScriptNode app, String client) {
    return calls(app, client).size();
  }
}
