"""The hook of PyInstaller for ``sotalia``, see the package that it is in."""

from PyInstaller.utils.hooks import collect_data_files

from sotalia.__pyinstaller import hidden_imports, installed_data_packages, own_data_files

hiddenimports = hidden_imports()
datas = own_data_files()
datas += [entry for package in installed_data_packages() for entry in collect_data_files(package)]
