// Makes a picture of the camera small enough for a hall's network: a JPEG of at most 1,600 pixels a side and 600 kB, in base64.

const SIDE = 1600;
const BYTES = 600_000;

/** Return the picture in *file* as base64 of a JPEG; rejects where this browser can't read it. */
export async function shrinkPhoto(file) {
  const picture = await createImageBitmap(file);
  for (const share of [1, 0.7, 0.5, 0.35]) {
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height)) * share;
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const text = canvas.toDataURL("image/jpeg", 0.8).split(",")[1];
    if (text.length * 0.75 <= BYTES) return text;
  }
  throw new RangeError("The picture doesn't get small enough");
}
