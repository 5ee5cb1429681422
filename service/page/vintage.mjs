// Adds the functions that our libraries call and browsers of 2019 and 2020 lack; must be imported before the libraries.
// A function that a browser has is not replaced.

if (!Object.hasOwn) {
  // Chrome before 93, Firefox before 92, Safari before 15.4.
  Object.hasOwn = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
}
if (!DataView.prototype.setBigUint64) {
  // Safari before 15.
  DataView.prototype.setBigUint64 = function setBigUint64(at, value, isLittle) {
    const high = Number(value >> BigInt(32));
    const low = Number(value & BigInt(0xffffffff));
    this.setUint32(at, isLittle ? low : high, isLittle);
    this.setUint32(at + 4, isLittle ? high : low, isLittle);
  };
}
