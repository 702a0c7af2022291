import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { readSeries, type SeriesOptions } from "../src/data/read-series.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string, options: SeriesOptions = {}, file = "x.csv") => readSeries(bytes(text), file, options);
const values = (text: string, options: SeriesOptions = {}, file = "x.csv") => [...read(text, options, file).values];

const plain = "year,spots\n1700,5\n1701,11.5\n1702,-1.6e1\n";
const expected = [5, 11.5, -16];

describe("the same series is read from what people have", () => {
  test.each<[string, string, string, SeriesOptions?]>([
    ["csv", plain, "x.csv"],
    ["Windows line ends", plain.replaceAll("\n", "\r\n"), "x.csv"],
    ["a byte order mark", `\uFEFF${plain}`, "x.csv"],
    ["no header", plain.slice(plain.indexOf("\n") + 1), "x.csv", { column: "2", time: "1" }],
    ["no end of the last line, empty lines, comments", `# by hand\n\n${plain.trimEnd()}`, "x.csv"],
    ["tabs", plain.replaceAll(",", "\t"), "x.tsv"],
    ["tabs in a file that is called txt", plain.replaceAll(",", "\t"), "x.txt"],
    ["semicolons and decimal commas", "Jahr;Flecken\n1700;5\n1701;11,5\n1702;-1,6e1\n", "x.csv", { column: "Flecken" }],
    ["quotes around decimal commas between tabs", 'year\tspots\n1700\t"5"\n1701\t"11,5"\n1702\t-16\n', "x.tsv"],
    ["one column", "5\n11.5\n-16\n", "x.csv"],
    ["dates of the ISO", "date,y\n2020-01-31,5\n2020-02-29,11.5\n2021-01-01,-16\n", "x.csv"],
    ["months", "m,y\n2020-01,5\n2020-02,11.5\n2020-03,-16\n", "x.csv"],
    ["German dates", "31.01.2020;5,0\n01.02.2020;11,5\n02.02.2020;-16\n", "x.csv"],
    ["American dates, told by one above 12", "01/13/2020,5\n02/01/2020,11.5\n02/02/2020,-16\n", "x.csv"],
    ["British dates, told by one above 12", "13/01/2020,5\n01/02/2020,11.5\n02/02/2020,-16\n", "x.csv"],
    ["hours with zones", "2020-01-01T23:00+02:00,5\n2020-01-01T22:00Z,11.5\n2020-01-01 22:30:01Z,-16\n", "x.csv"],
    ["jsonl of maps", '{"year":1700,"spots":5}\n{"year":1701,"spots":11.5}\n{"year":1702,"spots":-16}\n', "x.jsonl"],
    ["jsonl of numbers", "5\n11.5\n-16\n", "x.ndjson"],
    [
      "jsonl of a series a line",
      '{"item_id":"a","target":[1]}\n{"item_id":"b","target":[5,11.5,-16]}\n',
      "x.jsonl",
      { column: "b" },
    ],
    [
      "tsf",
      "@relation r\n@attribute series_name string\n@attribute start date\n@data\nT1:1979-01-01 00-00-00:1,2\nT2:1980-01-01 00-00-00:5,11.5,-16\n",
      "x.tsf",
      { column: "T2" },
    ],
  ])("%s", (...[, text, file, options]) => {
    expect(values(text, options, file)).toEqual(expected);
  });

  test("gzip, told by its first bytes and not by its name", () => {
    expect([...readSeries(gzipSync(bytes(plain)), "x.csv.gz").values]).toEqual(expected);
    expect([...readSeries(gzipSync(bytes("5\n11.5\n-16\n")), "x").values]).toEqual(expected);
  });

  test("UTF-16 as spreadsheets write it, and Windows' own letters", () => {
    const utf16 = Buffer.from(`\uFEFF${plain.replaceAll(",", "\t")}`, "utf16le");
    expect([...readSeries(utf16, "x.txt").values]).toEqual(expected);
    const latin = Buffer.from("Jahr;Höhe\n1700;5\n1701;11,5\n1702;-16\n", "latin1");
    expect(readSeries(latin, "x.csv").column).toBe("Höhe");
  });
});

test("times come with the values, and a step that is longer than the others is told", () => {
  const series = read("year,y\n1700,1\n1701,2\n1704,3\n1705,5\n");
  expect(series.times).toEqual(["1700", "1701", "1704", "1705"]);
  expect(series.notes).toEqual(["1 step is longer than the others; values are taken as equally spaced"]);
  expect(read(plain).notes).toEqual([]);
});

describe("missing values", () => {
  const holes = "t,y\n0,1\n1,NA\n2,\n4,5\n5,7\n";
  test("are refused where nothing else is asked for, with the first one's place", () => {
    expect(() => read(holes)).toThrow(
      "x.csv:3:3: a value is missing here and in 1 other place; drop or interpolate it by the option missing",
    );
  });
  test("are dropped with their times", () => {
    const series = read(holes, { missing: "drop" });
    expect([[...series.values], series.times]).toEqual([
      [1, 5, 7],
      ["0", "4", "5"],
    ]);
    expect(series.notes[0]).toBe("2 missing values: drop");
  });
  test("are interpolated on a straight line in time", () => {
    expect(values(holes, { missing: "interpolate" })).toEqual([1, 2, 3, 5, 7]);
    expect(values("1\nnan\n?\n4\n9\n", { missing: "interpolate" })).toEqual([1, 2, 3, 4, 9]);
  });
  test.each(["NaN\n1\n2\n", "1\n2\n-\n"])("at an end have nothing to be interpolated from: %j", (text) => {
    expect(() => read(text, { missing: "interpolate", header: false })).toThrow(
      /x\.csv:[13]:1: a missing value at an end/,
    );
  });
  test("of jsonl: null, and Python's NaN", () => {
    const text = '{"y": 1}\n{"y": NaN}\n{"y": null}\n{"y": 4}\n';
    expect(values(text, { missing: "interpolate" }, "x.jsonl")).toEqual([1, 2, 3, 4]);
  });
});

test.each<[string, string, string, SeriesOptions?, string?]>([
  ["a word among numbers", "year,spots\n1700,5\n1701,abc\n", 'x.csv:3:6: "abc" in column spots is no finite number'],
  ["a number with a unit behind quoted text", 'name,y\n"a, b",5\n"c",7 kg\n', 'x.csv:3:5: "7 kg"', { column: "y" }],
  ["a cell below one of two lines", 'name,y\n"a\nb",5\nc,?!\n', 'x.csv:4:3: "?!"', { column: "y" }],
  ["a cell behind a quoted line end", 'name,y\n"a\nb",?!\n', 'x.csv:3:4: "?!"', { column: "y" }],
  ["thousands separators", 'y;z\n"1.234,5";1\n7;1\n', 'x.csv:2:1: "1.234,5"', { column: "y" }],
  ["points and commas in one column", "y;z\n1,5;0\n2.5;0\n", 'x.csv:2:1: "1,5"', { column: "y" }],
  ["a number beyond all numbers", "y\n1\n1e999\n", 'x.csv:3:1: "1e999"'],
  [
    "the same time twice",
    "year,y\n1700,5\n1701,6\n1701,7\n",
    "x.csv:4:1: the time 1701 in column year is there twice, first on line 3",
  ],
  [
    "time that goes back",
    "date,y\n2020-02-01,5\n2020-01-01,6\n",
    "x.csv:3:1: the time 2020-01-01 in column date comes after 2020-02-01",
  ],
  [
    "a day that no month has",
    "date,y\n2021-02-28,5\n2021-02-29,6\n",
    'x.csv:3:1: "2021-02-29" in column date is no time',
  ],
  [
    "days and months that cannot be told apart",
    "date,y\n01/02/2020,5\n02/03/2020,6\n",
    "x.csv:2:1: 01/02/2020 may have the day or the month first",
  ],
  ["a constant series", "y\n3\n3\n3\n", "x.csv:2:1: all 3 values of column y are 3"],
  ["a short row", "year,y\n1700,5\n1701\n", "x.csv:3:1: this row has 1 cell, and the first has 2 cells"],
  ["a quote that does not close", 'year,y\n1700,"5\n1701,6\n', "a quote is out of place"],
  ["no such column", "a,b\n1,2\n", "x.csv: no column is called c; allowed: a, b", { column: "c" }],
  [
    "several columns and none named",
    "year,a,b\n1,2,3\n",
    "x.csv: there are 2 columns; name the one that is meant: a, b",
  ],
  ["two columns of one name", "a,a\n1,2\n", "x.csv: two columns are called a; name it by its number", { column: "a" }],
  ["nothing", "", "x.csv: the file has no rows"],
  ["names only", "year,y\n", "x.csv: column y has no values"],
  ["jsonl that is none", '{"y":1}\n{y:2}\n', "x.jsonl:2:1: no JSON", {}, "x.jsonl"],
  ["a name that a line lacks", '{"y":1,"z":1}\n{"z":2}\n', "x.jsonl:2:1: `y` is missing here", {}, "x.jsonl"],
  ["a word in jsonl", '{"y":1}\n{"y":"b"}\n', 'x.jsonl:2:2: "b" in column y is no finite number', {}, "x.jsonl"],
  ["a word in tsf", "@attribute n string\n@data\nT1:1,2,x\n", 'x.tsf:3:8: "x" in column T1', {}, "x.tsf"],
  ["tsf without data", "@relation x\n", "x.tsf: no @data line", {}, "x.tsf"],
])("%s is refused in one sentence with its place", (_, text, sentence, options = {}, file = "x.csv") => {
  expect(() => read(text, options, file)).toThrow(sentence);
});

test("a page reads as the command line does: the room asks for nothing that Node alone has", async () => {
  const sources = readdirSync("src/data").filter((name) => name.endsWith(".ts"));
  for (const name of sources)
    expect(readFileSync(`src/data/${name}`, "utf8")).not.toMatch(/"node:|\bBuffer\.|\bprocess\./);
  const { buffer } = { buffer: globalThis.Buffer };
  try {
    Reflect.deleteProperty(globalThis, "Buffer");
    expect(values(plain)).toEqual(expected);
  } finally {
    globalThis.Buffer = buffer;
  }
});

test("what is no text, and a broken archive, are refused", () => {
  expect(() => readSeries(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), "x.xlsx")).toThrow("x.xlsx: this is no text");
  expect(() => readSeries(Uint8Array.of(0x1f, 0x8b, 1, 2, 3), "x.gz")).toThrow("x.gz: this begins as a gzip archive");
});

test("the shipped series are whole: years without a gap, first and last value, sum", () => {
  const shipped = (name: string) => readSeries(readFileSync(`src/data/${name}.csv`), name);
  const sunspots = shipped("sunspots");
  const lynx = shipped("lynx");
  expect([sunspots.times!.length, sunspots.times![0], sunspots.times!.at(-1)]).toEqual([289, "1700", "1988"]);
  expect([lynx.times!.length, lynx.times![0], lynx.times!.at(-1)]).toEqual([114, "1821", "1934"]);
  expect([...sunspots.notes, ...lynx.notes]).toEqual([]);
  // R's own documentation of both: mean(sunspot.year) is 48.61349, mean(lynx) is 1538.018.
  const mean = (list: Float64Array) => list.reduce((sum, value) => sum + value) / list.length;
  expect(mean(sunspots.values)).toBeCloseTo(48.61349, 5);
  expect(mean(lynx.values)).toBeCloseTo(1538.018, 3);
});
