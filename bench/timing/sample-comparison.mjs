const BLOCK = 1000;
const WARM_UP = 20;

/**
 * Times wrong guesses, of which half are near the secret that they are compared with.
 *
 * There are two secrets, and guesses near either; which guess meets which secret is chance. Near (class 0) is a guess that meets the
 * one it was made from, far (class 1) is one that meets the other. So both classes have the same guesses and the same secrets, and
 * differ in nothing but how much is right. Were it guesses near a secret against random ones, the processor would tell them apart: it
 * soon foresees what a half is that always comes again, also where no secret is looked at.
 *
 * Every guess is a text of its own, flat, and made outside of the timed part: one that was seen before, or that is put together when
 * it is first read, takes another time.
 *
 * @param {object} comparison One of comparisons.mjs.
 * @param {(subpath: string) => Promise<object>} load Of the library.
 * @param {number} samples How many, of both classes together.
 * @returns {Promise<{ times: Float64Array, classes: Uint8Array }>} Nanoseconds a call.
 * @throws Error If it is not seen to tell right from wrong.
 */
export async function sampleComparison(comparison, load, samples) {
  const made = await comparison.create(load);
  const near = comparison.near ?? made.nearHash;
  const { secrets, textOf = (guess) => guess, repeats = 1 } = made;
  const verifiers = secrets.map(made.verifierOf);
  assertRight(comparison.name, made, verifiers, [...secrets, ...secrets.map(near)].map(textOf));

  const times = new Float64Array(samples);
  const classes = new Uint8Array(samples);
  for (let done = -WARM_UP * BLOCK; done < samples; done += BLOCK) {
    const dice = crypto.getRandomValues(new Uint8Array(BLOCK));
    // In two steps, so that what lies between two texts in memory is not what they were made of.
    const texts = Array.from(dice, (die) => textOf(near(secrets[die & 1]))).map(flat);
    const met = dice.map((die) => (die >> 1) & 1);
    const taken = time(verifiers, met, texts, repeats);
    if (done < 0) continue;
    const count = Math.min(BLOCK, samples - done);
    times.set(taken.subarray(0, count), done);
    classes.set(dice.map((die, at) => (die & 1) ^ met[at]).subarray(0, count), done);
  }
  return { times, classes };
}

/** Each secret is right where it belongs, and nothing else is. */
function assertRight(name, { isRight }, verifiers, texts) {
  const answers = texts.map((text) => verifiers.map((verify) => isRight(verify(text))).join());
  if (answers.join(' ') !== 'true,false false,true false,false false,false') {
    throw new Error(`${name}: does not tell right from wrong`);
  }
}

const flat = (text) => Buffer.from(text, 'latin1').toString('latin1');

/** Where results go, so that no call can be left out. */
const sink = { last: undefined };

function time(verifiers, met, texts, repeats) {
  const times = new Float64Array(texts.length);
  for (let at = 0; at < texts.length; at++) {
    const text = texts[at];
    const verify = verifiers[met[at]];
    const before = performance.now();
    for (let count = 0; count < repeats; count++) sink.last = verify(text);
    times[at] = ((performance.now() - before) * 1e6) / repeats;
  }
  return times;
}
