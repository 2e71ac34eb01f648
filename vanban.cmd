@echo off
rem Nháy đúp để mở trang làm việc; lần đầu tự cài đặt vào một thư mục riêng.
rem Double click: the first time vanban is installed into a folder of its own, then its page opens.
setlocal
chcp 65001 >nul
set "PLACE=%LOCALAPPDATA%\vanban\python"
if exist "%PLACE%\Scripts\vanban.exe" goto open
where py >nul 2>nul || goto nopython
echo Cài đặt lần đầu, khoảng một phút...
py -3 -m venv "%PLACE%" || goto failed
"%PLACE%\Scripts\python.exe" -m pip install --quiet --disable-pip-version-check "%~dp0." || goto failed
:open
"%PLACE%\Scripts\vanban.exe" serve %*
if errorlevel 1 pause
exit /b
:nopython
echo Cần Python 3.11 trở lên: tải ở python.org, lúc cài đánh dấu ô "Add python.exe to PATH".
pause
exit /b 1
:failed
echo Cài đặt chưa xong. Kiểm tra mạng và đĩa, rồi nháy đúp lại.
pause
exit /b 1
