export class Node {
  constructor() {
    this.name = 'fake';
  }
  call(handler) {
    return handler();
  }
}
