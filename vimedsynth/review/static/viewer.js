// CT, PET, fused and MIP of one study with one cursor, drawn on canvases.

import { byId, el, fill } from "./dom.js";
import { Study, grey, hot, inverted, picture } from "./volume.js";
import { number, say } from "./words.js";

const WINDOWS = [["lung", -600, 1500], ["mediastinum", 40, 400], ["bone", 400, 1800], ["brain", 40, 80]];
const PLANES = ["ct", "pet", "fused", "mip"];
const Z = 0, Y = 1, X = 2;

export class Viewer {
  constructor() {
    this.study = null;
    this.drawn = 0;
    this.window = WINDOWS[1];
    this.fusion = 0.5;
    byId("slice").addEventListener("input", (e) => this.toSlice(Number(e.target.value)));
    byId("fusion").addEventListener("input", (e) => this.set({ fusion: Number(e.target.value) / 100 }));
    byId("scale").addEventListener("input", (e) => this.set({ scale: Number(e.target.value) }));
    new ResizeObserver(() => this.draw()).observe(byId("planes"));
  }

  /** Show the study of a sample, or no images. The cursor stays when the study stays. */
  async show(item) {
    byId("viewer").hidden = !item.scan;
    byId("desk").classList.toggle("with-images", item.scan);
    this.shown = item.id;
    if (!item.scan) return void (this.study = null);
    if (this.study?.name !== `${item.study}/${item.region}`) await this.open(item);
    this.dress();
    this.draw();
  }

  async open(item) {
    const study = await Study.open(item.id).catch(() => null);
    if (this.shown !== item.id) return;
    this.study = study;
    if (!study) return fill(byId("planes"), el("p", { class: "empty" }, say("no_scan")));
    study.name = `${item.study}/${item.region}`;
    this.cursor = [...study.meta.open_at];
    this.zoom = 1;
    this.scale = this.counts ? 10 : 7;
    this.planes();
  }

  get reference() {
    return this.study.meta.reference;
  }

  get counts() {
    return this.study.meta.volumes.pet?.units !== "suv";
  }

  /** The value that is drawn darkest. */
  get top() {
    const { pet } = this.study.meta.volumes;
    return this.counts ? (pet.hot * this.scale) / 10 : this.scale;
  }

  /** The words and sliders around the planes. */
  dress() {
    if (!this.study) return;
    fill(byId("windows"), ...WINDOWS.map((w, i) => el("button", { type: "button", "aria-pressed": String(w === this.window), onclick: () => this.set({ window: w }) }, say(`window_${w[0]}`), el("kbd", { "aria-hidden": "true" }, String(i + 1)))));
    const depth = this.study.meta.volumes[this.reference].shape[Z];
    byId("slice").max = String(depth - 1);
    byId("scale-name").textContent = say(this.counts ? "scale_counts" : "scale_suv");
    byId("scale").value = String(this.scale);
    byId("fusion").value = String(Math.round(this.fusion * 100));
    for (const node of document.querySelectorAll(".plane .name")) node.textContent = say(`plane_${node.dataset.plane}`);
    for (const node of document.querySelectorAll(".plane .side")) node.textContent = say(node.classList.contains("right") ? "side_right" : "side_left");
  }

  planes() {
    const known = PLANES.filter((name) => this.study.has(name) || (name === "fused" && this.study.has("ct") && this.study.has("pet")) || (name === "mip" && this.study.has("pet")));
    fill(byId("planes"), ...known.map((name) => this.plane(name)));
  }

  plane(name) {
    const canvas = el("canvas", { id: `plane-${name}`, role: "img", "aria-label": say(`plane_${name}`) });
    const point = (event) => this.pointed(name, canvas, event);
    canvas.addEventListener("pointerdown", (e) => { canvas.setPointerCapture(e.pointerId); point(e); });
    canvas.addEventListener("pointermove", (e) => (e.buttons ? point(e) : this.hover(name, canvas, e)));
    canvas.addEventListener("pointerleave", () => this.read(this.cursor));
    canvas.addEventListener("wheel", (e) => { e.preventDefault(); e.ctrlKey ? this.set({ zoom: this.zoomed(e.deltaY < 0) }) : this.step(Math.sign(e.deltaY)); }, { passive: false });
    return el("div", { class: `plane${name === "pet" || name === "mip" ? " light" : ""}` }, canvas,
      el("span", { class: "name", "data-plane": name }), el("span", { class: "side right" }), el("span", { class: "side left" }));
  }

  // ---- moving
  set(change) {
    if (!this.study) return;
    Object.assign(this, change);
    this.dress();
    this.draw();
  }

  zoomed(closer) {
    return Math.max(1, Math.min(8, this.zoom * (closer ? 1.25 : 0.8)));
  }

  toSlice(index) {
    const last = this.study.meta.volumes[this.reference].shape[Z] - 1;
    this.cursor[Z] = this.study.at(this.reference, Z, Math.max(0, Math.min(last, index)));
    this.draw();
  }

  step(by) {
    if (this.study) this.toSlice((this.study.index(this.reference, Z, this.cursor[Z]) ?? 0) + by);
  }

  /** Keys of the images; true when it was one. */
  key(key) {
    if (!this.study) return false;
    const keys = {
      ArrowUp: () => this.step(-1), ArrowDown: () => this.step(1), PageUp: () => this.step(-10), PageDown: () => this.step(10),
      "[": () => this.set({ scale: Math.max(1, this.scale - 1) }), "]": () => this.set({ scale: Math.min(30, this.scale + 1) }),
      f: () => this.set({ fusion: this.fusion >= 0.99 ? 0 : Math.min(1, this.fusion + 0.25) }),
      h: () => { this.cursor = [...this.study.meta.open_at]; this.draw(); },
      "+": () => this.set({ zoom: this.zoomed(true) }), "=": () => this.set({ zoom: this.zoomed(true) }),
      "-": () => this.set({ zoom: this.zoomed(false) }), 0: () => this.set({ zoom: 1 }),
    };
    const window = WINDOWS[Number(key) - 1];
    const run = window ? () => this.set({ window }) : keys[key];
    run?.();
    return Boolean(run);
  }

  // ---- where a plane's pixels are in the patient
  /** [first axis down, second axis across, centre, pixels a millimetre] of a plane. */
  frame(name, canvas) {
    const down = name === "mip" ? Z : Y;
    const box = this.study.box(name === "mip" || !this.study.has("ct") ? "pet" : "ct");
    const size = [down, X].map((axis) => box[axis][1] - box[axis][0]);
    const fit = Math.min(canvas.height / size[0], canvas.width / size[1]);
    const zoom = name === "mip" ? 1 : this.zoom;
    const middle = [down, X].map((axis) => (box[axis][0] + box[axis][1]) / 2);
    const centre = zoom > 1 ? middle.map((m, i) => m + (this.cursor[[down, X][i]] - m) * (1 - 1 / zoom)) : middle;
    return { down, centre, perMm: fit * zoom };
  }

  position(name, canvas, event) {
    const { down, centre, perMm } = this.frame(name, canvas);
    const { left, top, width } = canvas.getBoundingClientRect();
    const ratio = canvas.width / width;
    const found = [...this.cursor];
    found[down] = centre[0] + ((event.clientY - top) * ratio - canvas.height / 2) / perMm;
    found[X] = centre[1] + ((event.clientX - left) * ratio - canvas.width / 2) / perMm;
    return found;
  }

  pointed(name, canvas, event) {
    const found = this.position(name, canvas, event);
    const z = this.study.index(this.reference, Z, found[Z]);
    if (z === null) return;
    this.cursor = found;
    this.draw();
  }

  hover(name, canvas, event) {
    if (name !== "mip") this.read(this.position(name, canvas, event));
  }

  // ---- drawing
  async draw() {
    if (!this.study || byId("viewer").hidden) return;
    const turn = ++this.drawn;
    const study = this.study;
    const found = {};
    for (const modality of ["ct", "pet"]) {
      const z = study.has(modality) ? study.index(modality, Z, this.cursor[Z]) : null;
      found[modality] = z === null ? null : await study.slice(modality, z);
    }
    const mip = study.has("pet") ? await study.mip() : null;
    if (turn !== this.drawn || study !== this.study) return;
    const layers = this.layers(found, mip);
    for (const name of PLANES) this.paint(name, layers[name] ?? []);
    this.follow();
    this.ahead();
  }

  layers({ ct, pet }, mip) {
    const image = (voxels, modality, rowAxis, paint) => {
      const { shape } = this.study.meta.volumes[modality];
      return voxels && { modality, rowAxis, canvas: picture(voxels, shape[X], shape[rowAxis], (v) => this.study.value(modality, v), paint) };
    };
    const below = image(ct, "ct", Y, grey(this.window[1], this.window[2]));
    return {
      ct: [below],
      pet: [image(pet, "pet", Y, inverted(this.top))],
      fused: [below, image(pet, "pet", Y, hot(this.top, this.fusion))],
      mip: [image(mip, "pet", Z, inverted(this.top))],
    };
  }

  paint(name, layers) {
    const canvas = byId(`plane-${name}`);
    if (!canvas) return;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(canvas.clientHeight * ratio);
    const context = canvas.getContext("2d");
    const { down, centre, perMm } = this.frame(name, canvas);
    const px = (axis, mm) => (axis === X ? (mm - centre[1]) * perMm + canvas.width / 2 : (mm - centre[0]) * perMm + canvas.height / 2);
    for (const layer of layers.filter(Boolean)) {
      const box = this.study.box(layer.modality);
      const [top, bottom] = box[layer.rowAxis].map((mm) => px(down, mm));
      const [left, right] = box[X].map((mm) => px(X, mm));
      context.drawImage(layer.canvas, left, top, right - left, bottom - top);
    }
    if (name === "mip") this.band(context, canvas, (mm) => px(Z, mm));
    this.cross(context, canvas, px(X, this.cursor[X]), px(down, this.cursor[down]), ratio);
  }

  /** Grey out what is not the region of the sample. */
  band(context, canvas, px) {
    const [start, stop] = this.study.meta.slices.map((index) => px(this.study.at(this.reference, Z, index - 0.5)));
    context.fillStyle = "rgb(11 79 138 / .16)";
    context.fillRect(0, 0, canvas.width, Math.max(0, start));
    context.fillRect(0, stop, canvas.width, Math.max(0, canvas.height - stop));
  }

  cross(context, canvas, x, y, ratio) {
    const gap = 9 * ratio;
    context.lineWidth = ratio;
    for (const [style, shift] of [["rgb(0 0 0 / .55)", ratio], ["#ffb000", 0]]) {
      context.strokeStyle = style;
      context.beginPath();
      for (const [a, b, c, d] of [[0, y, x - gap, y], [x + gap, y, canvas.width, y], [x, 0, x, y - gap], [x, y + gap, x, canvas.height]]) {
        context.moveTo(a + shift, b + shift);
        context.lineTo(c + shift, d + shift);
      }
      context.stroke();
    }
  }

  /** The slider and the numbers under the cursor. */
  follow() {
    const z = this.study.index(this.reference, Z, this.cursor[Z]) ?? 0;
    const depth = this.study.meta.volumes[this.reference].shape[Z];
    byId("slice").value = String(z);
    byId("slice-at").textContent = `${z + 1} / ${depth}`;
    byId("scale-at").textContent = this.counts ? `${this.scale * 10} %` : `0–${number(this.scale, 1)}`;
    this.read(this.cursor);
  }

  async read(at) {
    const pet = await this.under("pet", at);
    const ct = await this.under("ct", at);
    const parts = [];
    if (pet !== null) parts.push(this.counts ? say("pet_counts", { value: number(pet, 0) }) : `SUV ${number(pet, 1)}`);
    if (ct !== null) parts.push(`CT ${number(ct, 0)} HU`);
    byId("readout").textContent = parts.length ? parts.join(" · ") : say("outside");
  }

  async under(modality, at) {
    const study = this.study;
    if (!study?.has(modality)) return null;
    const [z, y, x] = at.map((mm, axis) => study.index(modality, axis, mm));
    if (z === null || y === null || x === null) return null;
    const voxels = await study.slice(modality, z);
    return voxels && study.value(modality, voxels[y * study.meta.volumes[modality].shape[X] + x]);
  }

  /** Fetch the neighbours, so that scrolling does not wait. */
  ahead() {
    for (const modality of ["ct", "pet"]) {
      if (!this.study.has(modality)) continue;
      const here = this.study.index(modality, Z, this.cursor[Z]);
      const last = this.study.meta.volumes[modality].shape[Z] - 1;
      for (const by of [1, -1, 2, -2]) {
        if (here !== null && here + by >= 0 && here + by <= last) this.study.slice(modality, here + by);
      }
    }
  }
}
