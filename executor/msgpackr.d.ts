// msgpackr ships no types for the build that never calls `new Function`; its classes are those of the main entry.
declare module 'msgpackr/index-no-eval' {
  export { Packr, Unpackr } from 'msgpackr';
}
