interface Point {
  x: number;
}
const point: Point = { x: };
