// What `import 'crypto'` of bcryptjs finds in a bundle that runs without Node: it looks for nothing but dice, which we hand in.
export default undefined;
