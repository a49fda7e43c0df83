export async function measureCurves() {}
