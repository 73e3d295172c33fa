import { action, defineService, Node } from "runar-ts";
import { MONTAGE, RATE, SAMPLES } from "./montage.ts";
import { Pipeline } from "./pipeline.ts";
import { TOPICS } from "./stages.ts";

const node = new Node({ server: { port: 3000 } });
const pipeline = new Pipeline(node);

const control = defineService({
  name: "eeg-pipeline",
  path: "pipeline",
  description: "Starts and stops the recording",
  actions: {
    start: action({
      http: "POST /pipeline/start",
      handler: async () => {
        await pipeline.start();
        return pipeline.state();
      },
    }),
    stop: action({
      http: "POST /pipeline/stop",
      handler: async () => {
        await pipeline.stop();
        return pipeline.state();
      },
    }),
    state: action({ http: "GET /pipeline", handler: () => pipeline.state() }),
    montage: action({
      http: "GET /pipeline/montage",
      handler: () => ({ electrodes: MONTAGE, rate: RATE, samples: SAMPLES, topics: TOPICS }),
    }),
  },
});

await node.addService(control);
await node.start();
await pipeline.start();
