// The server's time on this page, from what the server said last and the browser's monotonic clock. Setting the device's clock moves
// nothing. The monotonic clock may stand still while a device sleeps: `looksWrong` says when the server should be asked again.

const TOLERANCE = 3000; // ms between the device's clock and the monotonic one before they are said to disagree

export class ServerClock {
  /** *said* is { now, left }: the server's time in ms since 1970, and the ms left until the end. */
  constructor(said) {
    this.isSure = false; // whether the server has confirmed it since this page was loaded
    this.set(said, performance.now());
    this.isSure = false;
  }

  /** Take what the server said; *asked* is when it was asked, on the monotonic clock. */
  set({ now, left }, asked) {
    const middle = (asked + performance.now()) / 2;
    this.anchor = { now, left, at: middle };
    this.wall = Date.now() - performance.now();
    this.isSure = true;
  }

  /** The server's time in ms since 1970. */
  get now() {
    return this.anchor.now + performance.now() - this.anchor.at;
  }

  /** The ms left, never below 0. */
  get left() {
    return Math.max(0, this.anchor.left - (performance.now() - this.anchor.at));
  }

  /** Whether the device slept or its clock was set since the server said the time; then what is shown is only about right. */
  get looksWrong() {
    return Math.abs(Date.now() - performance.now() - this.wall) > TOLERANCE;
  }

  doubt() {
    this.isSure = false;
  }

  /** What to keep on the device, so that a page opened again without network knows about what time it is. */
  toNote() {
    return { now: this.now, left: this.left, wall: Date.now() };
  }

  /** Go on from such a note where it is newer than what the page came with. The device's clock bridges the time between. */
  resume(note) {
    const passed = Date.now() - note.wall;
    if (passed < 0 || note.now + passed <= this.now) return;
    this.set({ now: note.now + passed, left: note.left - passed }, performance.now());
    this.isSure = false;
  }
}
