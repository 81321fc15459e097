@echo off
rem Starts haltlab from its unpacked bundle. Needs Java 17 or later.
setlocal
for %%i in ("%~dp0..") do set "BUNDLE=%%~fi"
if not defined HALTLAB_HOME set "HALTLAB_HOME=%BUNDLE%"
if not defined HALTLAB_SDK set "HALTLAB_SDK=%BUNDLE%\sdk"
if not defined HALTLAB_INSTALL set "HALTLAB_INSTALL=%BUNDLE%\plugins"
if defined JAVA_HOME (
  set "JAVA=%JAVA_HOME%\bin\java.exe"
  if not exist "%JAVA_HOME%\bin\java.exe" (
    echo haltlab: JAVA_HOME is %JAVA_HOME%, but there is no bin\java.exe in it; set it to a Java of version 17 or later 1>&2
    exit /b 1
  )
) else (
  set "JAVA=java.exe"
  where java.exe >nul 2>nul || (
    echo haltlab: no Java found; install version 17 or later, or set JAVA_HOME to one 1>&2
    exit /b 1
  )
)
"%JAVA%" -XX:+UseSerialGC -XX:-UsePerfData -Xshare:auto -Xlog:disable -Xlog:all=warning:stderr ^
  -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8 ^
  "-Djava.util.logging.config.file=%BUNDLE%\lib\logging.properties" ^
  "-Dhaltlab.home=%HALTLAB_HOME%" "-Dhaltlab.plugins=%HALTLAB_INSTALL%" "-Dhaltlab.sdk=%HALTLAB_SDK%" ^
  %HALTLAB_OPTS% -p "%BUNDLE%\lib" -m dev.haltlab.cli/dev.haltlab.cli.Main %*
exit /b %ERRORLEVEL%
