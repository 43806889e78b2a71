// Decisions on their way to the study: one after the other, in the order they were made, each
// sent until the desk has said that its row is there. A page that is closed asks first.

import { ask, DeskError } from "../desk.js";

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 5000;

export class Sending {
  #jobs = [];
  #running = false;
  #failed = 0;

  /** @param {{changed: Function, stored: Function, refused: Function}} hear */
  constructor(hear) {
    this.hear = hear;
    window.addEventListener("beforeunload", (event) => {
      if (this.#jobs.length) event.preventDefault();
    });
  }

  get waiting() { return this.#jobs.length; }
  get isTrying() { return this.#failed > 0; }

  /** @param {{make: () => object}} job whose `make` says what to send when its turn has come */
  add(job) {
    this.#jobs.push(job);
    this.hear.changed();
    this.#run();
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    while (this.#jobs.length) {
      const job = this.#jobs[0];
      try {
        const said = await ask("/settle/decide", job.make());
        this.#done();
        this.hear.stored(job, said);
      } catch (error) {
        if (error instanceof DeskError && error.status < 500 && error.status !== 403) {
          this.#done();
          this.hear.refused(job, error);
        } else {
          this.#failed += 1;
          this.hear.changed();
          const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failed);
          await new Promise((resolve) => setTimeout(resolve, wait));
        }
      }
    }
    this.#running = false;
    this.hear.changed();
  }

  #done() {
    this.#jobs.shift();
    this.#failed = 0;
  }
}
