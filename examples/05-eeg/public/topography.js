const CELLS = 56;
const REACH = 0.22;
const STOPS = [
  [0, 8, 18, 32],
  [0.35, 18, 82, 104],
  [0.65, 64, 200, 170],
  [0.85, 240, 214, 110],
  [1, 255, 246, 214],
];

/** How strong something is at each electrode of a head that is seen from above. */
export class Topography {
  #canvas;
  #electrodes;
  #picture = document.createElement("canvas");
  /** By cell of the picture, what each electrode counts there; null: it is outside of the head. */
  #weights;

  constructor(canvas, electrodes) {
    this.#canvas = canvas;
    this.#electrodes = electrodes;
    this.#picture.width = this.#picture.height = CELLS;
    this.#weights = Array.from({ length: CELLS * CELLS }, (_, cell) => this.#weightsOf(cell));
  }

  #weightsOf(cell) {
    const x = (((cell % CELLS) + 0.5) / CELLS) * 2.1 - 1.05;
    const y = 1.05 - ((Math.floor(cell / CELLS) + 0.5) / CELLS) * 2.1;
    if (Math.hypot(x, y) > 1.05) return null;
    const weights = this.#electrodes.map((electrode) =>
      Math.exp(-((electrode.x - x) ** 2 + (electrode.y - y) ** 2) / REACH ** 2),
    );
    const sum = weights.reduce((one, other) => one + other, 1e-9);
    return weights.map((weight) => weight / sum);
  }

  /** Draws values from 0 to `most`. */
  draw(values, most) {
    const pixels = new ImageData(CELLS, CELLS);
    this.#weights.forEach((weights, cell) => {
      if (weights === null) return;
      const value = weights.reduce((sum, weight, number) => sum + weight * values[number], 0);
      pixels.data.set(colourOf(value / most), 4 * cell);
    });
    this.#picture.getContext("2d").putImageData(pixels, 0, 0);
    this.#show();
  }

  #show() {
    const ratio = window.devicePixelRatio || 1;
    const size = Math.round(this.#canvas.clientWidth * ratio);
    if (this.#canvas.width !== size) this.#canvas.width = this.#canvas.height = size;
    const pen = this.#canvas.getContext("2d");
    const radius = 0.4 * size;
    pen.clearRect(0, 0, size, size);
    pen.save();
    pen.translate(size / 2, 0.52 * size);
    pen.strokeStyle = "#5d7478";
    pen.lineWidth = 1.5 * ratio;
    pen.stroke(noseAndEars(radius));
    pen.save();
    pen.beginPath();
    pen.arc(0, 0, radius, 0, 2 * Math.PI);
    pen.clip();
    pen.imageSmoothingQuality = "high";
    const half = 1.05 * radius;
    pen.drawImage(this.#picture, -half, -half, 2 * half, 2 * half);
    pen.restore();
    pen.beginPath();
    pen.arc(0, 0, radius, 0, 2 * Math.PI);
    pen.stroke();
    pen.fillStyle = "#ffffff66";
    for (const { x, y } of this.#electrodes) {
      pen.beginPath();
      pen.arc(x * radius, -y * radius, 1.4 * ratio, 0, 2 * Math.PI);
      pen.fill();
    }
    pen.restore();
  }
}

function noseAndEars(radius) {
  const shape = new Path2D();
  shape.moveTo(-0.13 * radius, -0.985 * radius);
  shape.lineTo(0, -1.13 * radius);
  shape.lineTo(0.13 * radius, -0.985 * radius);
  for (const side of [-1, 1]) {
    shape.moveTo(side * 0.98 * radius, -0.2 * radius);
    shape.bezierCurveTo(
      side * 1.13 * radius,
      -0.24 * radius,
      side * 1.1 * radius,
      0.24 * radius,
      side * 0.98 * radius,
      0.2 * radius,
    );
  }
  return shape;
}

function colourOf(share) {
  const value = Math.min(1, Math.max(0, share));
  const above = Math.max(
    1,
    STOPS.findIndex(([at]) => at >= value),
  );
  const [low, ...from] = STOPS[above - 1];
  const [high, ...to] = STOPS[above];
  const part = (value - low) / (high - low);
  return [...from.map((one, number) => one + (to[number] - one) * part), 255];
}
