const WIDEST = 1400;

/** A photo as large as a screen shows it, so that it is sent in the rain; as it is where that is not smaller. */
export async function smaller(photo: File): Promise<Blob> {
  try {
    const picture = await createImageBitmap(photo);
    const scale = Math.min(1, WIDEST / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: picture.width * scale, height: picture.height * scale });
    canvas.getContext("2d")!.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.75));
    return blob && blob.size < photo.size ? blob : photo;
  } catch {
    return photo; // what the browser cannot read, the controller judges
  }
}
