/** Currencies whose minor units are not hundredths, as ISO 4217 says (config/money.py holds the same; a test compares). */
const OTHERS: readonly (readonly [decimals: number, codes: string])[] = [
  [0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"],
  [3, "BHD IQD JOD KWD LYD OMR TND"],
  [4, "CLF UYW"],
];

/** How many decimals a currency has; 2 for a code that is none. */
export function decimalsOf(currency: string): number {
  return OTHERS.find(([, codes]) => codes.split(" ").includes(currency))?.[0] ?? 2;
}
