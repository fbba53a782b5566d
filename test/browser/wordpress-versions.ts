import type { TestInstance } from '../support/instance.ts';

const chart = 'charts/wordpress/Chart.yaml';
const deployment = 'charts/wordpress/templates/deployment.yaml';
const containerfile = 'images/wordpress/Containerfile';
const prescription = 'flux/apps/wordpress.yaml';

type Files = Record<string, string>;

/** The chart at a version, for the image of a tag. */
async function chartVersion(instance: TestInstance, version: string, tag: string): Promise<Files> {
  const text = await instance.readPushed(chart);
  return {
    [chart]: text.replace(/^version: .*$/m, `version: ${version}`).replace(/^appVersion: .*$/m, `appVersion: "${tag}"`),
  };
}

/** A new image that shows a word under /release.txt. */
export async function goodVersion(instance: TestInstance, version: string, tag: string, word: string): Promise<Files> {
  const recipe = await instance.readPushed(containerfile);
  return {
    ...(await chartVersion(instance, version, tag)),
    'images/wordpress/release.txt': `${word}\n`,
    [containerfile]: recipe.replace(/^USER /m, 'COPY release.txt /usr/share/wordpress/release.txt\n\nUSER '),
  };
}

/** An image whose build fails. */
export async function versionThatDoesNotBuild(instance: TestInstance, version: string, tag: string): Promise<Files> {
  const recipe = await instance.readPushed(containerfile);
  return {
    ...(await chartVersion(instance, version, tag)),
    [containerfile]: `${recipe}RUN echo "the plug-in is nowhere to be found" >&2; exit 3\n`,
  };
}

/** The image of before, in a Pod that never becomes ready. */
export async function versionThatNeverAnswers(instance: TestInstance, version: string, tag: string): Promise<Files> {
  const templates = await instance.readPushed(deployment);
  return {
    ...(await chartVersion(instance, version, tag)),
    [deployment]: templates.replaceAll('port: http', 'port: 8081'),
  };
}

export async function upgradeTimeout(instance: TestInstance, timeout: string): Promise<Files> {
  const text = await instance.readPushed(prescription);
  return { [prescription]: text.replace(/(upgrade:\n {4}timeout:) .*/, `$1 ${timeout}`) };
}

/** The files of a push as they stand now, to go back to later. */
export async function readAgain(instance: TestInstance, files: Files): Promise<Files> {
  const before: Files = {};
  for (const name of Object.keys(files)) before[name] = await instance.readPushed(name);
  return before;
}
