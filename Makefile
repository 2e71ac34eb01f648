# make demo: cài đặt rồi chạy thử.   make test: mọi phép kiểm tra.   make: liệt kê các lệnh.
#
# Every path is relative and the interpreter is called by name (python -m), so a folder with spaces
# in its name works. What is installed leaves a stamp file; it is installed again when its list changes.

VENV := .venv
PY := $(VENV)/bin/python
TOOLS := .tools
PIP := $(PY) -m pip install -qq --disable-pip-version-check --no-warn-script-location
# The first of these that is new enough makes the environment; PYTHON=... on the command line goes first.
PYTHONS := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11

.PHONY: help demo test lint docs site release fonts bench tools clean

help:
	@echo 'make demo    cài đặt rồi làm thử một Kế hoạch và bản chấm điểm của mọi đơn vị'
	@echo 'make test    mọi phép kiểm tra (văn phong mã, kiểu, chức năng)'
	@echo 'make lint    chỉ văn phong mã và kiểu'
	@echo 'make docs    làm lại trang giới thiệu của mỗi mẫu và các hình (docs/mau, docs/hinh)'
	@echo 'make site    làm trang web hướng dẫn vào build/site'
	@echo 'make release đóng gói vào dist, cài thử và chạy thử bản đóng gói'
	@echo 'make fonts   lấy phông thay Times New Roman cho tài khoản này (Linux; không cần quyền root)'
	@echo 'make bench   đo tốc độ bên cạnh docxtpl; ghi docs/benchmarks.md'
	@echo 'make clean   xóa mọi thứ do các lệnh trên cài đặt hay tạo ra để tạm'

demo: $(VENV)/.installed
	@$(VENV)/bin/vanban demo

test: lint tools
	@$(PY) -m pytest -q -n auto --dist loadfile

lint: $(VENV)/.installed-test
	@$(PY) -m ruff check --quiet
	@$(PY) -m ruff format --check --quiet
	@$(PY) -m mypy --no-error-summary

# The page of each form, made from the form itself; the pictures need LibreOffice and pdftoppm.
docs: $(VENV)/.installed-test
	@$(PY) docs/build.py

# Nothing is fetched; a link that leads nowhere fails.
site: $(VENV)/.installed-test
	@NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --quiet
	@echo 'Mở build/site/index.html, hoặc để có ô tìm kiếm: $(PY) -m http.server -d build/site'

# Wheel and sdist, checked by twine, the wheel installed in a bare environment and tried.
release: $(VENV)/.installed-test
	@rm -rf dist
	@$(PY) -m build --no-isolation --outdir dist >/dev/null
	@VANBAN_DIST=dist $(PY) -m pytest -q tests/release
	@ls dist

fonts: $(VENV)/.installed
	@sh fonts/obtain $(PY)

bench: $(VENV)/.installed
	@$(PY) -m benchmarks

# Without npm the tests that need these judges are skipped (in CI they fail).
tools:
	@if command -v npm >/dev/null; then $(MAKE) --silent $(TOOLS)/.installed; \
	else echo 'Không có npm: bỏ qua các phép kiểm tra cần đến nó.'; fi

$(TOOLS)/.installed: tests/package.json
	@echo 'Cài công cụ kiểm tra vào $(TOOLS)...'
	@mkdir -p $(TOOLS)
	@cp tests/package.json $(TOOLS)/package.json
	@npm install --prefix $(TOOLS) --no-package-lock --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

# pip comes last when an environment is made: where it is missing, the making was interrupted.
$(VENV)/bin/pip:
	@for python in $(PYTHONS); do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		echo "Tạo môi trường $(VENV)..."; \
		$$python -m venv $(VENV) && exit 0; \
		rm -rf $(VENV); \
		echo 'Không tạo được môi trường. Trên Debian và Ubuntu: apt-get install python3-venv'; \
		exit 1; \
	done; \
	echo 'Cần Python 3.11 trở lên (python3). Tải tại python.org rồi chạy lại.'; exit 1

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/pip
	@echo 'Cài vanban vào $(VENV) (khoảng một phút)...'
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml $(VENV)/.installed
	@echo 'Cài công cụ phát triển vào $(VENV)...'
	@$(PIP) --editable '.[test,docs,release]'
	@touch $@

clean:
	@rm -rf $(VENV) $(TOOLS) build dist vanban-demo .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
