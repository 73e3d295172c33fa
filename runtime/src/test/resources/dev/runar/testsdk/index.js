export { Node } from './lib/node.js';
