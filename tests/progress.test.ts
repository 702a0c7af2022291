import { Clock } from "../src/runner/progress.js";

describe("the remaining time", () => {
  let seconds = 0;
  const clock = (work: number) => {
    seconds = 0;
    return new Clock("", 10, work, () => seconds);
  };

  test("is not told before there is work to tell it by", () => {
    const early = clock(1000);
    seconds = 3;
    early.advance(4);
    expect(early.remaining).toBe("?");
  });

  test("is what is left to train at the speed so far", () => {
    const training = clock(100);
    seconds = 10;
    training.advance(25);
    expect(training.remaining).toBe("30 s");
    seconds = 200;
    expect(training.remaining).toBe("10 min");
  });

  test("is told by what is finished where training runs ahead of measuring", () => {
    const ahead = clock(100);
    seconds = 2;
    ahead.advance(100);
    seconds = 10;
    for (let cell = 0; cell < 2; cell++) ahead.finish(10);
    // 20 of 100 in 10 s, seen 4 s later: 50 s in all.
    seconds = 14;
    expect(ahead.remaining).toBe("36 s");
  });

  test("grows where a training is made again", () => {
    const again = clock(100);
    seconds = 10;
    again.advance(50);
    again.advance(-25);
    expect(again.remaining).toBe("30 s");
  });
});
