import Commands
import Glibc

exit(
    Program.run(
        name: ProcessArguments.programName, arguments: ProcessArguments.afterName,
        environment: ProcessArguments.environment))
