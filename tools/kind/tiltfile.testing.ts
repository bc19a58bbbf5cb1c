/** Evaluates the Tiltfile in Starlark, the language that it is written in. Tilt's own functions only write down that they were called. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The interpreter of the Go authors, which is the one in Tilt. */
const STARLARK = 'go.starlark.net/cmd/starlark@v0.0.0-20260908191801-89a6a09411d5';
const ROOT = join(import.meta.dirname, '../..');

/** Go fetches and builds it the first time. */
const FIRST_MS_MAX = 300_000;

/** Why there is no Starlark; undefined where there is. */
export const noStarlark = whyNoStarlark();

function whyNoStarlark(): string | undefined {
  const { status, error, stderr } = spawnSync('go', ['run', STARLARK, '-c', 'pass'], { encoding: 'utf8', timeout: FIRST_MS_MAX });
  if (status === 0) return undefined;
  if (error) return `Go cannot run Starlark: ${error.message}`;
  return `Go cannot fetch and build Starlark: ${stderr.trim().split('\n').at(-1)}`;
}

/** One call of a function of Tilt. */
export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Evaluated {
  readonly ok: boolean;
  readonly calls: readonly Call[];
  readonly complaint: string;
}

/** Functions that return nothing that the Tiltfile looks at. */
const RECORDED = ['ci_settings', 'local_resource', 'docker_build', 'watch_file', 'k8s_yaml', 'k8s_resource'];
/** What they take: parts of a call, written down with it. */
const PARTS = ['link', 'sync', 'fall_back_on'];

/**
 * @param streams what `cat dist/<name>/*.yaml` would print, as objects by name
 * @param directory where a file may be written
 */
export function evaluateTiltfile(context: string, streams: Readonly<Record<string, readonly object[]>>, directory: string): Evaluated {
  const prelude = `
CALLS = []
STREAMS = json.decode(${JSON.stringify(JSON.stringify(streams))})
TRIGGER_MODE_MANUAL = 'manual'
def recorder(name):
    def call(*args, **options):
        CALLS.append({'name': name, 'args': list(args), 'options': options})
    return call
def part(name):
    return lambda *args: [name] + list(args)
${RECORDED.map((name) => `${name} = recorder('${name}')`).join('\n')}
${PARTS.map((name) => `${name} = part('${name}')`).join('\n')}
def k8s_context():
    return ${JSON.stringify(context)}
def read_file(path):
    CALLS.append({'name': 'read_file', 'args': [path], 'options': {}})
    return path
def local(command, quiet = False):
    CALLS.append({'name': 'local', 'args': [command], 'options': {}})
    return command
def decode_yaml_stream(command):
    return STREAMS[command.split('dist/')[1].split('/')[0]]
def encode_yaml_stream(manifests):
    return manifests
`;
  const program = join(directory, 'tiltfile.star');
  writeFileSync(program, `${prelude}\n${readFileSync(join(ROOT, 'Tiltfile'), 'utf8')}\nprint(json.encode(CALLS))\n`);
  const { status, stderr } = spawnSync('go', ['run', STARLARK, '-globalreassign', program], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const printed = stderr.split('\n').find((line) => line.startsWith('['));
  return { ok: status === 0, calls: printed === undefined ? [] : JSON.parse(printed), complaint: stderr };
}

/** Files of the repository, as git knows them or would. */
export function repositoryFiles(): ReadonlySet<string> {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' });
  return new Set(listed.split('\n'));
}
