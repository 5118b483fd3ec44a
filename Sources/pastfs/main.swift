import Commands
import Glibc

exit(Program.run(arguments: ProcessArguments.afterName, environment: ProcessArguments.environment))
