#!/bin/sh
# java.sh: compile the client and its calls, then make the calls. The generator's own archive has Jackson, Debian the rest.
set -e
generator=$(python -c 'import openapi_generator_cli as o; print(o.__path__[0])')/openapi-generator.jar
path=$generator
for jar in httpclient5 httpcore5 httpcore5-h2 slf4j-api geronimo-annotation-1.3-spec; do
  path=$path:/usr/share/java/$jar.jar
done
find made/openapi-generator-java/src/main calls -name '*.java' > made/sources
javac -nowarn -d made/classes -cp "$path" @made/sources
java -cp "made/classes:$path" Calls
