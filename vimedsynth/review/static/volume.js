// Slices of one study: fetched as stored voxels, kept for a while, read in SUV or HU.

import { bytes, get } from "./api.js";

const KEPT = 160;

/** PET and CT of the study behind a sample. Positions are millimetres [z, y, x]: feet, back and left grow. */
export class Study {
  constructor(sampleId, meta) {
    Object.assign(this, { sampleId, meta, slices: new Map() });
  }

  static async open(sampleId) {
    return new Study(sampleId, await get("/api/scan", { id: sampleId }));
  }

  has(modality) {
    return modality in this.meta.volumes;
  }

  /** The index along an axis that is nearest to a position, or null outside. */
  index(modality, axis, mm) {
    const { origin, spacing, shape } = this.meta.volumes[modality];
    const found = Math.round((mm - origin[axis]) / spacing[axis]);
    return found >= 0 && found < shape[axis] ? found : null;
  }

  /** Where an index along an axis lies. */
  at(modality, axis, index) {
    const { origin, spacing } = this.meta.volumes[modality];
    return origin[axis] + index * spacing[axis];
  }

  /** The box of a volume: [[z0, z1], [y0, y1], [x0, x1]]. */
  box(modality) {
    const { origin, spacing, shape } = this.meta.volumes[modality];
    return origin.map((o, i) => [o - spacing[i] / 2, o + (shape[i] - 0.5) * spacing[i]]);
  }

  /** The voxels of one slice, int16; null where there is none. */
  slice(modality, z) {
    const key = `${modality}/${z}`;
    if (!this.slices.has(key)) {
      const coming = this.fetch("/api/slice", { modality, z });
      this.slices.set(key, coming);
      coming.then((voxels) => voxels ?? this.slices.delete(key)); // ask again when the server is back
      if (this.slices.size > KEPT) this.slices.delete(this.slices.keys().next().value);
    }
    return this.slices.get(key);
  }

  mip() {
    this.projection ??= this.fetch("/api/mip", {}).then((voxels) => voxels ?? (this.projection = null));
    return this.projection;
  }

  async fetch(path, query) {
    const found = await bytes(path, { id: this.sampleId, ...query });
    return found && new Int16Array(found);
  }

  /** A stored number in the volume's units. */
  value(modality, stored) {
    const { scale, offset } = this.meta.volumes[modality];
    return stored * scale + offset;
  }
}

/** An image of voxels; `paint(value)` gives [r, g, b, a]. The table of 65,536 stored numbers is made once a call. */
export function picture(voxels, columns, rows, toValue, paint) {
  const image = new ImageData(columns, rows);
  const table = new Uint32Array(65536);
  const known = new Uint8Array(65536);
  const out = new Uint32Array(image.data.buffer);
  for (let i = 0; i < voxels.length; i++) {
    const at = voxels[i] + 32768;
    if (!known[at]) {
      const [r, g, b, a] = paint(toValue(voxels[i]));
      table[at] = (a << 24) | (b << 16) | (g << 8) | r;
      known[at] = 1;
    }
    out[i] = table[at];
  }
  const canvas = new OffscreenCanvas(columns, rows);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

const byte = (share) => Math.max(0, Math.min(255, Math.round(share * 255)));

/** CT in a window. */
export const grey = (centre, width) => (value) => {
  const shade = byte((value - centre + width / 2) / width);
  return [shade, shade, shade, 255];
};

/** PET as it is read: dark where uptake is high. */
export const inverted = (top) => (value) => {
  const shade = 255 - byte(value / top);
  return [shade, shade, shade, 255];
};

/** PET over CT: black, red, yellow, never the white of bone; as thick as the uptake. */
export const hot = (top, share) => (value) => {
  const t = Math.max(0, Math.min(1, value / top));
  return [byte(t * 2.2), byte(t * 1.7 - 0.75), 0, byte(Math.min(1, t * 2.5) * share)];
};
