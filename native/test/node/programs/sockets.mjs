// A raw WebSocket path for the clients of the test. Prints its URL, and at the end all calls of its
// handlers, by session. A client says {to, text}, {group, text}, {join}, {leave}, {stop} or a number.
import { Node } from "runar-ts";

const node = new Node({ server: { port: 0 } });
const calls = {};
const wrong = [];

function note(session, count, args, what) {
  if (args.length !== count || args.some((each) => each === null || each === undefined))
    wrong.push([what, args.length]);
  calls[session.id] ??= [];
  calls[session.id].push(what);
}

const answers = {
  to: (session, { to, text }) => session.send({ sent: node.broker.session(to)?.send(text) }),
  group: (session, { group, text }) => session.send({ sent: node.broker.group(group).send(text) }),
  join: (session, { join }) => session.send({ joined: session.join(join) ?? true }),
  leave: (session, { leave }) => session.send({ left: session.leave(leave) ?? true }),
};

node.addService({
  name: "live",
  path: "live",
  sockets: {
    "/live": {
      open: (...args) => {
        note(args[0], 1, args, "Connected");
        args[0].send({ id: args[0].id });
      },
      message: (...args) => {
        const [session, text] = args;
        note(session, 2, args, text);
        const asked = JSON.parse(text);
        if (asked.stop) stop();
        else if (typeof asked === "number") session.send(text);
        else answers[Object.keys(asked)[0]](session, asked);
      },
      close: (...args) => note(args[0], 3, args, "Closed"),
    },
  },
});

async function stop() {
  await node.stop();
  console.log(JSON.stringify({ calls, wrong }));
}

await node.start();
console.log(JSON.stringify({ url: new URL("/live", node.urls[0]).href.replace("http", "ws") }));
