export async function run(): Promise<never[]> {
  return [];
}
