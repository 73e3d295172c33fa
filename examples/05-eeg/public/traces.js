const GUTTER = 44;
const COLOURS = [
  [/^(Fp|AF)/, "#6fe3c4"],
  [/^F\d|^Fz/, "#58c7d9"],
  [/^(FT|T|TP)\d/, "#e0b252"],
  [/^(FC|C)/, "#6ea8fe"],
  [/^(CP|P\d|Pz)/, "#a48bfa"],
  [/./, "#ef7fb2"],
];

/**
 * Signals that scroll from right to left. What has been drawn stays in a picture that is written
 * round and round, so that a frame costs what is new.
 */
export class Traces {
  #canvas;
  #picture = document.createElement("canvas");
  #rate;
  #length;
  #names;
  #scale = 50;
  #steady;
  /** By electrode of the montage, the last samples; NaN is a sample that never came. */
  #rings;
  /** Numbers of samples: what has come ends before `#end`, and is drawn up to `#drawn`. */
  #end = 0;
  #drawn = 0;
  #began = true;
  #head = 0;
  #lastFrame = 0;
  #shown = [];

  constructor(canvas, { electrodes, rate, seconds, steady }) {
    this.#canvas = canvas;
    this.#rate = rate;
    this.#length = seconds * rate;
    this.#steady = steady;
    this.#names = electrodes.map(({ name }) => name);
    this.#rings = electrodes.map(() => new Float32Array(this.#length).fill(Number.NaN));
    new ResizeObserver(() => this.#resize()).observe(canvas);
    this.#resize();
  }

  /** Where the right edge is, in samples since the recording began. */
  get head() {
    return this.#head;
  }

  show(names) {
    this.#shown = names.map((name) => this.#names.indexOf(name));
    this.#redraw();
  }

  scale(microvolts) {
    this.#scale = microvolts;
    this.#redraw();
  }

  clear() {
    this.#began = true;
    this.#end = this.#head = this.#drawn = 0;
    for (const ring of this.#rings) ring.fill(Number.NaN);
    this.#redraw();
  }

  add({ first, electrodes, samples, microvolts }) {
    if (first < this.#end) this.clear(); // another recording
    if (this.#began) {
      this.#began = false;
      this.#end = this.#head = this.#drawn = first;
    }
    for (let lost = Math.max(this.#end, first - this.#length); lost < first; lost++) {
      for (const ring of this.#rings) ring[lost % this.#length] = Number.NaN;
    }
    for (let sample = 0; sample < samples; sample++) {
      const place = (first + sample) % this.#length;
      for (let one = 0; one < electrodes; one++) {
        this.#rings[one][place] = microvolts[sample * electrodes + one];
      }
    }
    this.#end = first + samples;
  }

  /** Draws one frame. */
  frame(now) {
    const seconds = Math.min(0.25, (now - this.#lastFrame) / 1_000);
    this.#lastFrame = now;
    this.#move(seconds);
    this.#draw(Math.floor(this.#head));
    this.#show();
  }

  /** Time moves evenly, packets do not: what is shown is a little late, and never ahead. */
  #move(seconds) {
    if (!this.#steady) {
      this.#head = this.#end;
      return;
    }
    const wanted = this.#end - 0.07 * this.#rate;
    const next = this.#head + seconds * this.#rate;
    const isFar = Math.abs(wanted - next) > this.#rate;
    const moved = isFar ? wanted : next + (wanted - next) * Math.min(1, 1.5 * seconds);
    this.#head = Math.min(Math.max(moved, this.#head), this.#end);
  }

  #resize() {
    const { clientWidth, clientHeight } = this.#canvas;
    const ratio = window.devicePixelRatio || 1;
    this.#canvas.width = Math.max(1, Math.round(clientWidth * ratio));
    this.#canvas.height = Math.max(1, Math.round(clientHeight * ratio));
    this.#picture.width = Math.max(1, this.#canvas.width - GUTTER * ratio);
    this.#picture.height = this.#canvas.height;
    this.#redraw();
  }

  #redraw() {
    this.#picture.getContext("2d").clearRect(0, 0, this.#picture.width, this.#picture.height);
    this.#drawn = Math.max(0, Math.floor(this.#head) - this.#length + 1);
  }

  #draw(to) {
    if (to <= this.#drawn) return;
    const from = Math.max(this.#drawn, to - this.#length + 1);
    this.#drawn = to;
    const { width } = this.#picture;
    const round = Math.floor(from / this.#length);
    this.#strip(from, to, -round * width);
    if (Math.floor(to / this.#length) > round) this.#strip(from, to, -(round + 1) * width);
  }

  /** Draws the samples from the one before `from` up to `to`. */
  #strip(from, to, shift) {
    const pen = this.#picture.getContext("2d");
    const { width, height } = this.#picture;
    const ratio = window.devicePixelRatio || 1;
    const step = width / this.#length;
    const x = (sample) => sample * step + shift;
    pen.clearRect(x(from), 0, (to - from) * step + 1, height);
    this.#grid(pen, from, to, x);
    this.#gaps(pen, from, to, x);
    const row = height / this.#shown.length;
    const gain = row / this.#scale;
    pen.lineWidth = 1.1 * ratio;
    pen.lineJoin = "round";
    this.#shown.forEach((electrode, number) => {
      const ring = this.#rings[electrode];
      const middle = (number + 0.5) * row;
      pen.strokeStyle = colour(this.#names[electrode]);
      pen.beginPath();
      let isDown = false;
      for (let sample = Math.max(from - 1, this.#end - this.#length); sample < to; sample++) {
        const value = sample < 0 ? Number.NaN : ring[sample % this.#length];
        if (Number.isNaN(value)) isDown = false;
        else if (isDown) pen.lineTo(x(sample + 1), middle - value * gain);
        else pen.moveTo(x(sample + 1), middle - value * gain);
        isDown = !Number.isNaN(value);
      }
      pen.stroke();
    });
  }

  #grid(pen, from, to, x) {
    for (let second = Math.ceil(from / this.#rate); second * this.#rate < to; second++) {
      pen.fillStyle = "#14201f";
      pen.fillRect(Math.round(x(second * this.#rate)), 0, 1, this.#picture.height);
    }
  }

  #gaps(pen, from, to, x) {
    const ring = this.#rings[0];
    for (let sample = Math.max(from, this.#end - this.#length); sample < to; sample++) {
      if (!Number.isNaN(ring[sample % this.#length])) continue;
      let end = sample + 1;
      while (end < to && Number.isNaN(ring[end % this.#length])) end++;
      pen.fillStyle = "#ff6b5e33";
      pen.fillRect(x(sample), 0, x(end) - x(sample), this.#picture.height);
      this.#sayGap(pen, (x(sample) + x(end)) / 2, x(end) - x(sample), end - sample);
      sample = end;
    }
  }

  /** Says how long a gap is, where there is room for it. */
  #sayGap(pen, middle, room, samples) {
    const ratio = window.devicePixelRatio || 1;
    if (room < 70 * ratio) return;
    pen.font = `600 ${11 * ratio}px ui-sans-serif, "DejaVu Sans", sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "top";
    pen.fillStyle = "#ff9a90";
    pen.fillText(`gap, ${(samples / this.#rate).toFixed(1)} s`, middle, 8 * ratio);
  }

  #show() {
    const pen = this.#canvas.getContext("2d");
    const ratio = window.devicePixelRatio || 1;
    const { width, height } = this.#picture;
    const gutter = this.#canvas.width - width;
    const cut = Math.round(((this.#drawn / this.#length) % 1) * width);
    pen.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    const older = width - cut;
    if (older > 0) pen.drawImage(this.#picture, cut, 0, older, height, gutter, 0, older, height);
    if (cut > 0) pen.drawImage(this.#picture, 0, 0, cut, height, gutter + older, 0, cut, height);
    pen.clearRect(0, 0, gutter + 3 * ratio, height); // the newest line is as thick on both sides
    this.#sayNames(pen, gutter, ratio);
    this.#bar(pen, ratio);
  }

  #sayNames(pen, gutter, ratio) {
    const row = this.#canvas.height / this.#shown.length;
    pen.font = `${Math.min(11 * ratio, 0.95 * row)}px ui-sans-serif, "DejaVu Sans", sans-serif`;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    this.#shown.forEach((electrode, number) => {
      pen.fillStyle = colour(this.#names[electrode]);
      pen.fillText(this.#names[electrode], gutter - 8 * ratio, (number + 0.5) * row);
    });
  }

  /** How high so many microvolts are. */
  #bar(pen, ratio) {
    const row = this.#canvas.height / this.#shown.length;
    const right = this.#canvas.width - 12 * ratio;
    const low = this.#canvas.height - 10 * ratio;
    const high = Math.max(row, 1);
    pen.fillStyle = "#05090acc";
    pen.fillRect(right - 62 * ratio, low - high - 4 * ratio, 70 * ratio, high + 8 * ratio);
    pen.fillStyle = "#dbe7e6";
    pen.fillRect(right, low - high, 2 * ratio, high);
    pen.font = `${11 * ratio}px ui-sans-serif, "DejaVu Sans", sans-serif`;
    pen.textAlign = "right";
    pen.fillText(`${this.#scale} µV`, right - 6 * ratio, low - high / 2);
  }
}

function colour(name) {
  return COLOURS.find(([pattern]) => pattern.test(name))[1];
}
