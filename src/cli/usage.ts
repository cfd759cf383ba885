const EVERYWHERE = `Everywhere:
  -h, --help     show this text; after a command, what it says of the command
  -v, --version  show the version
FILE may be the langgraph.json of a project, too: --graph then takes its names of graphs.

Exit code: 0 done, 1 failed, 2 wrong usage (or a name in it that is not there), 3 waiting (for an
answer, or at a breakpoint), 4 different (parity), 130 cancelled. Ctrl+C stops a run; twice, at
once.
`;

const KEYS = `Keys come from the environment (OPENAI_API_KEY, or DASHSCOPE_API_KEY), else from a .env file beside
FILE, else from one in the current folder.
`;

/** What each command does and understands. */
const COMMANDS = {
  run: {
    line: 'superstep run FILE [options]',
    what: 'Runs a graph and shows its nodes as they start and end, a summary and the final state.',
    options: `Options of run:
  --graph NAME   the graph that the file exports under this name; without it the only one,
                 or the one called graph, or the default one
  --input JSON   the input: JSON text, @FILE with JSON in it, or - for standard input;
                 without it the file's own input, else {}
  --json         print nothing but one JSON object with the result; what the graph writes to the
                 console goes to standard error
  --xray         show the supersteps and what each node was given, too
  --model offline
                 let the built-in model answer every request; without this option it answers those
                 of clients that find no key
  --with langgraph
                 let the LangGraph.js run it that is installed beside FILE, also where that imports
                 superstep
  --thread ID    keep the run in a file under this name, so that a later one can go on with it;
                 a thread that waits for answers tells again what for, unless there is an --input
  --store PATH   the file of threads; without it one in your state folder
  --resume VALUE
                 answer what the thread waits for: JSON, any other text, or @FILE with either
  --resume ID=VALUE
                 the same for one of several questions; may be given several times
  --from CHECKPOINT
                 go on from there, as a branch of the thread: the id of a checkpoint or the number
                 of its step, as history lists them
  --update JSON  write this to the state first, as a node returns it: JSON text, @FILE, or -
  --as-node NODE the node that writes the --update; without it the one that ran last
  --input null   go on with a thread after a breakpoint, a failure or a stop
  --inspect[=PORT]
                 let a debugger of Node attach, on port 9229 of this machine; 0: any that is free
  --inspect-wait[=PORT]
                 the same, and begin when one has attached
  --inspect-brk[=PORT]
                 the same, and stop there at the first line of FILE
  --record DIR   write each call of a model to a file in this folder, without keys
  --replay DIR   answer calls of models from there, without key and network; one that is not
                 recorded is an error
  --replay DIR --record missing
                 answer what is recorded, and record the rest
  --pace recorded
                 with --replay: streams come as fast as they came then
  --html OUT     write the run to this file as one web page, with diagram, timeline, state and
                 output, and without what looks like a secret
  --on restate[=URL]
                 run it on the workers of a Restate server (superstep serve), by default of this
                 machine; Ctrl+C cancels the run there, and who leaves in another way
                 leaves it running
  --any-code     with --on: go on with a thread that was begun on other code of the file
  --no-ask       on a terminal, do not ask for the answers that a run waits for
${KEYS}`,
  },
  threads: {
    line: 'superstep threads FILE [options]',
    what: "Lists the threads of a file's graphs, those that went on last first.",
    options: `Options of threads:
  --graph NAME   only those of the graph that the file exports under this name
  --delete ID    delete this thread, with all its checkpoints, and list the others
  --store PATH   the file of threads; without it the one in your state folder
  --json         print nothing but a JSON list
`,
  },
  state: {
    line: 'superstep state FILE --thread ID [options]',
    what: 'Shows where a thread stands: its state, what runs next, open questions. Runs nothing.',
    options: `Options of state:
  --thread ID    the thread
  --at CHECKPOINT
                 its state there: the id of a checkpoint or the number of its step
  --graph NAME   the graph that the file exports under this name, as for run
  --store PATH   the file of threads; without it the one in your state folder
  --json         print nothing but one JSON object
`,
  },
  history: {
    line: 'superstep history FILE --thread ID [options]',
    what: 'Lists the checkpoints of a thread, of all its branches, the newest first. Runs nothing.',
    options: `Options of history:
  --thread ID    the thread
  --graph NAME   the graph that the file exports under this name, as for run
  --store PATH   the file of threads; without it the one in your state folder
  --json         print nothing but a JSON list
`,
  },
  draw: {
    line: 'superstep draw FILE [options]',
    what: 'Prints a graph as a Mermaid diagram.',
    options: `Options of draw:
  --graph NAME   the graph that the file exports under this name; without it the only one,
                 or the one called graph, or the default one
  --xray[=N]     show the inside of subgraphs (N levels deep)
`,
  },
  list: {
    line: 'superstep list FILE',
    what: 'Lists the graphs of a file: place, exported name, own name, number of nodes.',
    options: '',
  },
  check: {
    line: 'superstep check [PATH…] [options]',
    what: 'Reports mistakes in graph files: files, folders and globs. Runs nothing.',
    options: `Options of check:
  --json         print nothing but a JSON list
  --sarif        print nothing but a log in the form SARIF 2.1.0, which code hosts understand
  --rule ID=WEIGHT
                 give a rule another weight: error, warning, information or off; may be given
                 several times
Only errors and warnings make it fail (exit code 1).
`,
  },
  test: {
    line: 'superstep test [PATH…] [options]',
    what: 'Runs the tests beside graphs, and in *.graph.test.ts files: files, folders and globs.',
    options: `Options of test:
  --reporter spec|json|junit
                 how results are written; default spec
  --record missing|all
                 let models answer what is not recorded yet, or everything, and record it;
                 without it such calls are errors
  --update       keep snapshots as they are now
  --shuffle N    run each test in N more orders of its nodes, with failures, and tell what differs
  --model offline
                 with --record: let the built-in model answer
It fails (exit code 1) if a test fails or a file cannot be loaded.
`,
  },
  parity: {
    line: 'superstep parity FILE [options]',
    what: 'Runs a graph with Superstep, then with the LangGraph.js beside FILE, and compares.',
    options: `Options of parity:
  --graph NAME   the graph that the file exports under this name, as for run
  --input JSON   the input, as for run
  --model offline
                 let the built-in model answer every request, as for run
  --replay DIR   answer calls of models from this folder, as for run
  --json         print nothing but one JSON object
The graph runs once with each, and once more with Superstep where a difference is not a known one.
Exit code: 0 alike, 4 different, 1 if LangGraph.js is not there or neither can load FILE.
`,
  },
  serve: {
    line: 'superstep serve FILE… --restate[=URL] [options]',
    what: 'Makes this process a worker of a Restate server: it runs the graphs of these files for it.',
    options: `Options of serve:
  --restate[=URL]
                 where the server takes calls; by default http://127.0.0.1:8080
  --register[=URL]
                 tell the server of the worker, where workers are registered; by default
                 http://127.0.0.1:9070. Once for each version of the files
  --port N       the port to listen at, which workers of one machine share where the system can
                 (Linux); by default 9080; 0: any that is free
  --host ADDRESS listen there; by default 127.0.0.1, for a server on this machine
  --address URL  what is registered, where the server reaches the worker under another address
  --identity-key KEY
                 take only calls that a server with this public key has signed; may be given
                 several times
  --model offline
                 let the built-in model answer every request
It ends by Ctrl+C: what it was doing is done by another worker, or by this one when it is back.
`,
  },
  restate: {
    line: 'superstep restate up [FILE…] [options]',
    what: 'Starts a Restate server on this machine for development, and a worker for graph files.',
    options: `Options of restate up:
  --port N       where it takes calls; workers are registered at the next port, and the one after
                 that is its own; by default 8080, 9070 and 5122; 0: any that are free
  --store DIR    the folder in which it keeps all; without it one in your state folder
  --model offline
                 let the built-in model answer every request
The server is not part of Superstep: the command says how it is installed. It listens on 127.0.0.1.
`,
  },
  'offline-model': {
    line: 'superstep offline-model [options]',
    what: 'Serves the built-in model, which makes answers up, to other programs of this machine.',
    options: `Options of offline-model:
  --port N           the port on 127.0.0.1; without it one that is free
  --seed N           other answers to the same requests; default 1
  --latency MS       milliseconds until an answer begins; default 0
  --tokens-per-second N
                     how fast an answer comes; without it all at once
  --error-rate X     share of the requests that fail, 0 to 1; default 0
  --rate-limit N/s   requests in a second (or N/min, or N/500ms); the rest get a 429
`,
  },
} as const;

/** A command that has something to say. */
export type CommandName = keyof typeof COMMANDS;

/** Whether there is such a command. */
export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

const SUMMARY = `Commands:
  run FILE       run a graph and show its nodes as they start and end
  threads FILE   list the threads of its graphs, and whether they wait, are done or have failed
  state FILE --thread ID
                 show the state of a thread and its open questions
  history FILE --thread ID
                 list the checkpoints of a thread, to go on from one of them
  draw FILE      print a graph as a Mermaid diagram
  list FILE      list the graphs of a file and where they are defined
  test [PATH…]   run the tests of graphs
  check [PATH…]  report mistakes in graph files without running them
  parity FILE    run a graph with LangGraph.js as well, and show what differs
  serve FILE… --restate
                 run graphs for a Restate server, as one of its workers
  restate up [FILE…]
                 start a Restate server on this machine, for development
  offline-model  serve the built-in model, which makes answers up, to other programs of this machine
`;

/** What `--help` prints: of everything, or of one command. Ends with a line end. */
export function usage(of?: CommandName): string {
  if (of === undefined) {
    const options = Object.values(COMMANDS).flatMap((command) => command.options || []);
    const head = 'Usage: superstep <command> [FILE] [options]\n';
    return [head, SUMMARY, ...options, EVERYWHERE].join('\n');
  }
  const { line, what, options } = COMMANDS[of];
  return [`Usage: ${line}\n`, `${what}\n`, ...(options ? [options] : [])].join('\n');
}
